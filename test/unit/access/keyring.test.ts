import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Held } from '../../../src/access/held.ts';
import { hashKey, keyId, keyText, roleOf } from '../../../src/access/key.ts';
import { decodeKeyring, encodeKeyring, findKey, indexKeys, type StoredKey } from '../../../src/access/keyring.ts';
import { LIMITS } from '../../../src/domain/limits.ts';
import { isTenant, nameIn, prefixOf } from '../../../src/domain/tenant.ts';

const storedKey = (fields: Partial<StoredKey> = {}): StoredKey => ({
  name: '',
  role: 'server',
  tenant: 'default',
  sha256: 'a'.repeat(64),
  createdAtMs: 0,
  expiresAtMs: null,
  ...fields,
});

describe('a key', () => {
  test('carries all its random bits, in letters that need no quoting', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.constantFrom('server', 'public'), (bytes, role) => {
        const text = keyText(role, bytes);
        expect(text).toMatch(/^ew_(server|public)_[\w-]{43}$/);
        expect(roleOf(text)).toBe(role);
        expect([...Buffer.from(text.slice(`ew_${role}_`.length), 'base64url')]).toEqual([...bytes]);
      }),
    );
    expect(() => keyText('server', new Uint8Array(31))).toThrow();
  });

  test('is found by its hash alone', async () => {
    const text = keyText('server', new Uint8Array(32));
    const sha256 = await hashKey(text);
    const keys = indexKeys([storedKey({ sha256 })]);
    expect(findKey(keys, sha256, 0)).toMatchObject({ id: keyId(sha256) });
    for (let at = 0; at < 64; at++) {
      const other = sha256.slice(0, at) + (sha256[at] === '0' ? '1' : '0') + sha256.slice(at + 1);
      expect(findKey(keys, other, 0), `digit ${at}`).toBeUndefined();
    }
    expect(findKey(keys, sha256.slice(0, 12), 0)).toBeUndefined();
  });
});

describe('a keyring', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => storedKey({ sha256: at.toString(16).padStart(64, '0') }));

  test('comes back as it was stored', () => {
    const keys = [storedKey(), storedKey({ name: 'pages', role: 'public', tenant: 'acme', expiresAtMs: 7 })];
    expect(decodeKeyring(encodeKeyring(keys))).toEqual(keys);
  });

  test('so many keys and not one more', () => {
    expect(decodeKeyring(encodeKeyring(many(LIMITS.keys)))).toHaveLength(LIMITS.keys);
    expect(() => encodeKeyring(many(LIMITS.keys + 1))).toThrow('there can be 1000 keys');
  });

  test.for(['', '[]', '{"format":2,"keys":[]}', '{"format":1,"keys":[{"name":""}]}'])('%j is none', (text) => {
    expect(() => decodeKeyring(new TextEncoder().encode(text))).toThrow();
  });

  test('of a tenant that cannot be is none', () => {
    expect(() => decodeKeyring(encodeKeyring([storedKey({ tenant: '../default' })]))).toThrow();
  });
});

describe('a tenant', () => {
  test.for(['acme', 'a', '0-1', 'x'.repeat(LIMITS.tenantChars)])('may be called %s', (name) => expect(isTenant(name)).toBe(true));
  test.for(['', '-a', 'A', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(LIMITS.tenantChars + 1)])('may not be called %j', (name) =>
    expect(isTenant(name)).toBe(false),
  );

  test('never shares a name or a prefix with another', () => {
    const tenant = fc.oneof(fc.constant('default'), fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,5}$/));
    const id = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x2ff }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(tenant, tenant, id, id, (a, b, x, y) => {
        expect(nameIn(a, x) === nameIn(b, y)).toBe(a === b && x === y);
        if (a !== b && a !== 'default' && b !== 'default') expect(prefixOf(a).startsWith(prefixOf(b))).toBe(false);
      }),
    );
  });
});

describe('what is held', () => {
  test('is made once, and the one asked for longest ago makes room', () => {
    const made: string[] = [];
    const closed: string[] = [];
    const held = new Held({ make: (name) => (made.push(name), name), close: (name) => void closed.push(name), most: 2 });
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) expect(held.of(name)).toBe(name);
    expect([made, closed]).toEqual([
      ['a', 'b', 'c', 'b'],
      ['b', 'c'],
    ]);
  });
});
