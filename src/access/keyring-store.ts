import { hashKey } from './key.ts';
import { decodeKeyring, findKey, indexKeys, type NamedKey } from './keyring.ts';

export interface KeyringOptions {
  /** The stored keyring; null while no key was ever made. Rejects when unreachable. */
  readonly read: () => Promise<ArrayBuffer | null>;
  /** How often the keyring is read again. */
  readonly checkEveryMs: number;
  /** Told why a keyring could not be read again; the one in memory stays. */
  readonly onStale: (reason: unknown) => void;
}

/** The keys as an isolate knows them: read once before the first key is looked at, then again behind the responses. */
export class KeyringStore {
  private readonly options: KeyringOptions;
  private keys: ReadonlyMap<string, NamedKey> | undefined;
  private readAtMs = -Infinity;

  constructor(options: KeyringOptions) {
    this.options = options;
  }

  /**
   * The key of this text; undefined for one that is unknown or expired. Costs a hash and no storage read, but for the first. Rejects
   * while no keyring could be read at all.
   */
  async find(text: string, nowMs: number): Promise<NamedKey | undefined> {
    if (!this.keys) await this.load(nowMs); // not shared by requests: one that goes away must not take the others' with it
    return findKey(this.keys!, await hashKey(text), nowMs);
  }

  /** Whether it is time to read the keyring again. */
  isDue(nowMs: number): boolean {
    return this.keys !== undefined && nowMs - this.readAtMs >= this.options.checkEveryMs;
  }

  /** Reads the keyring again if it is time to. Never rejects. */
  async refresh(nowMs: number): Promise<void> {
    if (!this.isDue(nowMs)) return;
    this.readAtMs = nowMs;
    await this.load(nowMs).catch(this.options.onStale);
  }

  private async load(nowMs: number): Promise<void> {
    const value = await this.options.read();
    this.keys = indexKeys(value ? decodeKeyring(new Uint8Array(value)) : []);
    this.readAtMs = nowMs;
  }
}
