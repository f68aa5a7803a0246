import { createParser } from 'eventsource-parser';
import * as v from 'valibot';
import type { ChatRequest, JsonRequest } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault } from './fault.ts';
import { post, type CallOptions } from './http.ts';

/** How a stream says that it is over. */
const DONE = '[DONE]';

/** The part of a chunk of `chat.completions` that is read; an endpoint that fails midway sends an `error`. */
const Chunk = v.object({
  error: v.optional(v.unknown()),
  choices: v.optional(v.array(v.object({ delta: v.optional(v.object({ content: v.nullish(v.string()) })) })), []),
  usage: v.nullish(v.object({ total_tokens: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
});

/** Tokens that a call cost, by what the endpoint says of it. */
export type Usage = number | undefined;

/**
 * One call of chat completions at one endpoint: yields the pieces of the answer as they come and returns what it cost. Throws
 * an `EndpointFault`; an answer that ends without its `[DONE]` was interrupted.
 */
export async function* streamChat(
  endpoint: Endpoint,
  request: ChatRequest & Partial<JsonRequest<unknown>>,
  options: CallOptions,
): AsyncGenerator<string, Usage> {
  let pieces: string[] = [];
  let usage: Usage;
  let done = false;
  const parser = createParser({
    onEvent({ data }) {
      if (done || data === DONE) return void (done = true);
      const chunk = parseChunk(data);
      usage = chunk.usage?.total_tokens ?? usage;
      const text = chunk.choices[0]?.delta?.content;
      if (text) pieces.push(text);
    },
  });
  let chars = 0;
  for await (const { text, heard } of post(endpoint, '/chat/completions', bodyOf(endpoint, request), options)) {
    parser.feed(text);
    if (pieces.length > 0) heard();
    for (const piece of pieces) {
      chars += piece.length;
      if (chars > LIMITS.llmAnswerChars)
        throw new EndpointFault('too-long', `the answer is longer than ${LIMITS.llmAnswerChars} characters`);
      yield piece;
    }
    pieces = [];
    if (done) break;
  }
  if (!done) throw new EndpointFault('interrupted', 'the stream ended before the answer did');
  if (chars === 0) throw new EndpointFault('protocol', 'the answer is empty');
  return usage;
}

/** The same for JSON: yields the parsed answer once. An answer that `parse` refuses is a fault of the endpoint. */
export async function* askChat<T>(endpoint: Endpoint, request: JsonRequest<T>, options: CallOptions): AsyncGenerator<T, Usage> {
  let text = '';
  const pieces = streamChat(endpoint, request, options);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) text += next.value;
  let answer: T;
  try {
    answer = request.parse(JSON.parse(text));
  } catch (cause) {
    throw new EndpointFault('protocol', `the answer is not of the schema: ${String(cause)}`, { cause });
  }
  yield answer;
  return next.value;
}

function bodyOf({ model }: Endpoint, { messages, tokensMax, temperature, schema }: ChatRequest & Partial<JsonRequest<unknown>>) {
  return {
    model,
    messages,
    temperature,
    max_tokens: tokensMax,
    stream: true,
    stream_options: { include_usage: true },
    ...(schema ? { response_format: { type: 'json_schema', json_schema: { ...schema, strict: true } } } : {}),
  };
}

function parseChunk(data: string): v.InferOutput<typeof Chunk> {
  try {
    const chunk = v.parse(Chunk, JSON.parse(data));
    if (chunk.error !== undefined) throw new Error(`the endpoint says ${JSON.stringify(chunk.error).slice(0, 200)}`);
    return chunk;
  } catch (cause) {
    throw new EndpointFault('protocol', `a part of the stream cannot be read: ${String(cause)}`, { cause });
  }
}
