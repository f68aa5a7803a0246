import { decodeKeyring, encodeKeyring, KEYRING_KEY, type Keyring } from '../access/keyring.ts';
import { get, putAll, type KvTarget } from './kv.ts';

/** The keys as they are stored; none if no key was ever made. */
export async function readKeyring(target: KvTarget): Promise<Keyring> {
  const value = await get(KEYRING_KEY, target);
  return value ? decodeKeyring(value) : [];
}

export async function writeKeyring(keys: Keyring, target: KvTarget): Promise<void> {
  await putAll([{ key: KEYRING_KEY, value: encodeKeyring(keys) }], target);
}
