import type { HonoRequest } from 'hono';
import * as v from 'valibot';
import { EdgewiseError } from '../domain/errors.ts';
import { LIMITS } from '../domain/limits.ts';

/**
 * Reads a JSON body of bounded size into its type; a request without a body has what an optional schema says, and is a fault for any other.
 * Throws `body_too_large`, `invalid_json` or `invalid_request` with the path of the fault.
 */
export async function readBody<S extends v.GenericSchema>(
  request: HonoRequest,
  schema: S,
  bytesMax: number = LIMITS.bodyBytes,
): Promise<v.InferOutput<S>> {
  const text = await readText(request.raw, bytesMax);
  const value = text === '' && schema.type === 'optional' ? undefined : parseJson(text, schema);
  return parseInput(schema, Array.isArray(value) ? null : value); // valibot would take a list for an object without fields
}

/** Checks a value that came from outside. Throws `invalid_request` that names the first thing that is wrong with it. */
export function parseInput<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = pathOf(issue);
  throw new EdgewiseError('invalid_request', path ? `${path}: ${issue.message}` : issue.message, path ? { path } : {});
}

/** `history[2].at` */
function pathOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? []).reduce(
    (path, { key }) => (typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key)),
    '',
  );
}

/** Throws `invalid_json` with what the schema says of a body that is none. */
function parseJson(text: string, schema: v.GenericSchema): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const [form] = v.safeParse(schema, null).issues ?? [];
    const hint = form ? `: ${form.message}` : '';
    throw new EdgewiseError('invalid_json', `The body is not JSON (${(cause as Error).message})${hint}.`, { cause });
  }
}

/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const UNIT_BYTES = 3;

/** The body as text; without a declared length, reading stops at the limit. */
async function readText(request: Request, bytesMax: number): Promise<string> {
  const declared = request.headers.get('content-length');
  if (declared !== null) {
    if (Number(declared) > bytesMax) throw tooLarge(bytesMax);
    const text = await request.text();
    // A caller within Cloudflare may declare what it likes. Bytes that are no UTF-8 are counted as the three that take their place.
    if (UNIT_BYTES * text.length > bytesMax && new TextEncoder().encode(text).length > bytesMax) throw tooLarge(bytesMax);
    return text;
  }
  if (!request.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(bytesMax: number): EdgewiseError {
  return new EdgewiseError(
    'body_too_large',
    `A body has at most ${bytesMax} bytes. Send less: of a history the model reads the newest ${LIMITS.historyRead} items, interactions can go in several requests.`,
  );
}
