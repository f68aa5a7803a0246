/** A running service, over HTTP: what only its Worker can reach. */
import { Option, type Command } from 'commander';
import { parseAddress } from './options.ts';

const DEFAULT_URL = 'http://localhost:8787';

export interface ServiceTarget {
  readonly url: string;
  /** A server key; not needed where access is open. */
  readonly key?: string;
}

/** Adds the options that name a service. */
export function withService(command: Command): Command {
  return command
    .option('--url <url>', 'where the service answers', parseAddress, DEFAULT_URL)
    .addOption(new Option('--key <key>', 'a server key of it, if it asks for one').env('EDGEWISE_KEY'));
}

/** Asks the service. Rejects with what it said if that is no success, or if it cannot be reached. */
export async function ask({ url, key }: ServiceTarget, path: string, init: RequestInit = {}): Promise<Response> {
  const headers: Record<string, string> = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  const response = await fetch(new URL(path, url), { ...init, headers }).catch((cause: unknown) => {
    throw new Error(`${url} cannot be reached: is it running? \`npm run dev\` starts one, --url names another`, { cause });
  });
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: { code: string; message: string } };
  throw new Error(error ? `${url} says ${error.code}: ${error.message}` : `${url} answers with status ${response.status}`);
}

/** The same of what answers with JSON. */
export async function askJson<T>(target: ServiceTarget, path: string, init?: RequestInit): Promise<T> {
  const response = await ask(target, path, init);
  return (await response.json().catch((cause: unknown) => {
    throw new Error(`${target.url} answers, but not as this service does: --url names another`, { cause });
  })) as T;
}
