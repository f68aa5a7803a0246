import { InvalidArgumentError } from 'commander';
import { LIMITS } from '../domain/limits.ts';
import { isTenant } from '../domain/tenant.ts';

/** A whole number from 0. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It is a whole number.');
  return value;
}

export function parseNumber(text: string): number {
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

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `30m` or `2h` in milliseconds. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError('It is a time like 90s, 30m or 2h.');
  return Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** The address of a server, without a slash at its end. */
export function parseAddress(text: string): string {
  if (!/^https?:\/\/[^\s?#]*[^\s?#/]$/.test(text)) throw new InvalidArgumentError('It is an address like https://llm.example/v1.');
  return text;
}

/** The name of a tenant. */
export function parseTenant(text: string): string {
  if (!isTenant(text)) throw new InvalidArgumentError(`It is a word of a-z, 0-9 and -, of at most ${LIMITS.tenantChars} characters.`);
  return text;
}
