import { InvalidArgumentError } from 'commander';
import { LIMITS } from '../domain/limits.ts';
import { isTenant } from '../domain/tenant.ts';

/** A whole number from 0. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It is a whole number.');
  return value;
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is a number.');
  return value;
}

/** A whole number from 1. */
export function parsePositive(text: string): number {
  const value = parseCount(text);
  if (value === 0) throw new InvalidArgumentError('It is a whole number from 1.');
  return value;
}

const PORT_MAX = 65_535;

export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) throw new InvalidArgumentError(`It is a port from 1 to ${PORT_MAX}.`);
  return port;
}

/** 0 to 1. */
export function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw new InvalidArgumentError('It is a number from 0 to 1.');
  return share;
}

/** 0 to 1, of which something is left. */
export function parseDropout(text: string): number {
  const share = parseShare(text);
  if (share === 1) throw new InvalidArgumentError('It is a number from 0, below 1.');
  return share;
}

/** Dollars, from 0. */
export function parsePrice(text: string): number {
  const price = parseNumber(text);
  if (price < 0) throw new InvalidArgumentError('It is a number from 0.');
  return price;
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `30m` or `2h` in milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('It is a time like 90s, 30m or 2h.');
  return Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** A time in which something can be done, in milliseconds. */
export function parseBudget(text: string): number {
  const ms = parseDuration(text);
  if (ms === 0) throw new InvalidArgumentError('It is a time longer than 0, like 90s, 30m or 2h.');
  return ms;
}

/** The address of a server, without a slash at its end. */
export function parseAddress(text: string): string {
  const address = text.replace(/\/$/, '');
  if (!/^https?:\/\/[^\s?#]+$/.test(address) || !URL.canParse(address))
    throw new InvalidArgumentError('It is an address like https://shop.example or http://localhost:8787.');
  return address;
}

/** The name of a tenant. */
export function parseTenant(text: string): string {
  if (!isTenant(text)) throw new InvalidArgumentError(`It is a word of a-z, 0-9 and -, of at most ${LIMITS.tenantChars} characters.`);
  return text;
}
