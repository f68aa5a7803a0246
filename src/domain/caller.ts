/** What a key permits: a server's key everything, a public one what a web page may do. */
export type Role = 'server' | 'public';

/** Who makes a request. */
export interface Caller {
  readonly role: Role;
  /** Whose users, items and counters the request is about. */
  readonly tenant: string;
  /** The id of the key that was shown; null where none was asked for. */
  readonly key: string | null;
  /** The user that a signed token names: the only one that a public key may speak for. */
  readonly user?: string;
}
