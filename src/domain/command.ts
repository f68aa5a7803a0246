import { DEFAULT_TENANT } from './tenant.ts';

/** The model that is there before anybody has trained one. */
export const DEMO_MODEL = 'models/online-retail';

/** Which store a command works on; the account's part of the default tenant if nothing is said. */
export interface CommandTarget {
  readonly tenant?: string;
  readonly local?: boolean;
  readonly persistTo?: string;
}

/** Our own command as messages recommend it: whole, with the options that name the store they are about, so that it runs when it is pasted. */
export function commandLine(words: string, { tenant = DEFAULT_TENANT, local = false, persistTo }: CommandTarget = {}): string {
  return [
    `npm run edgewise -- ${words}`,
    ...(tenant === DEFAULT_TENANT ? [] : [`--tenant ${tenant}`]),
    ...(local ? ['--local'] : []),
    ...(persistTo === undefined ? [] : [`--persist-to ${persistTo}`]),
  ].join(' ');
}

/** The command that gives a tenant its first catalogue. */
export const publishLine = (target: CommandTarget): string => commandLine(`publish --model ${DEMO_MODEL}`, target);
