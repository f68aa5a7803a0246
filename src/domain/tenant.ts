import { LIMITS } from './limits.ts';

/** The tenant of whoever names none. Its names in storage have no prefix, so a service that has only this one needs to know of no other. */
export const DEFAULT_TENANT = 'default';

/** Stands between tenant and name; no id may hold it, so no name of one tenant is one of another. */
const SEPARATOR = '\u001f';

const TENANT = /^[a-z0-9][a-z0-9-]*$/;

/** Whether a text can name a tenant. */
export function isTenant(text: string): boolean {
  return TENANT.test(text) && text.length <= LIMITS.tenantChars;
}

/** Whether a text has characters that no id may have: those that control a terminal, and the separator among them. */
export function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x20) return true;
  return false;
}

/** The name of something of a tenant among those of all tenants. */
export function nameIn(tenant: string, name: string): string {
  return tenant === DEFAULT_TENANT ? name : `${tenant}${SEPARATOR}${name}`;
}

/** What the keys of a tenant begin with in a store of objects or values. */
export function prefixOf(tenant: string): string {
  return tenant === DEFAULT_TENANT ? '' : `tenants/${tenant}/`;
}
