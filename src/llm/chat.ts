import { createParser } from 'eventsource-parser';
import type { ChatRequest, JsonRequest, ToolCall, TurnRequest } from '../domain/language-model.ts';
import { LIMITS } from '../domain/limits.ts';
import { bodyOf } from './chat-body.ts';
import { parseChunk } from './chunk.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault } from './fault.ts';
import { post, type CallOptions } from './http.ts';
import { WantedCalls } from './wanted-calls.ts';

/** How a stream says that it is over. */
const DONE = '[DONE]';

/** Tokens that a call cost, by what the endpoint says of it. */
export type Usage = number | undefined;

/**
 * One turn at one endpoint: yields the pieces of the text as they come and at the end the calls that it wants, and returns what
 * it cost. Throws an `EndpointFault`; an answer that ends without its `[DONE]` was interrupted.
 */
export async function* streamTurn(
  endpoint: Endpoint,
  request: ChatRequest & Partial<Pick<TurnRequest, 'tools'> & JsonRequest<unknown>>,
  options: CallOptions,
): AsyncGenerator<string | ToolCall, Usage> {
  let pieces: string[] = [];
  let usage: Usage;
  let done = false;
  let progress = false;
  const wanted = new WantedCalls();
  const parser = createParser({
    onEvent({ data }) {
      if (done || data === DONE) return void (done = true);
      const chunk = parseChunk(data);
      usage = chunk.usage?.total_tokens ?? usage;
      const delta = chunk.choices[0]?.delta;
      if (delta?.content) pieces.push(delta.content);
      wanted.add(delta?.tool_calls ?? []);
      progress ||= Boolean(delta?.content) || Boolean(delta?.tool_calls);
    },
  });
  let chars = 0;
  for await (const { text, heard } of post(endpoint, '/chat/completions', bodyOf(endpoint, request), options)) {
    parser.feed(text);
    if (progress) heard();
    progress = false;
    for (const piece of pieces) {
      chars += piece.length;
      checkLength(chars);
      yield piece;
    }
    checkLength(chars + wanted.chars);
    pieces = [];
    if (done) break;
  }
  if (!done) throw new EndpointFault('interrupted', 'the stream ended before the answer did');
  const calls = wanted.finish();
  if (chars === 0 && calls.length === 0) throw new EndpointFault('protocol', 'the answer is empty');
  yield* calls;
  return usage;
}

/** The same for text alone. */
export async function* streamChat(
  endpoint: Endpoint,
  request: ChatRequest & Partial<JsonRequest<unknown>>,
  options: CallOptions,
): AsyncGenerator<string, Usage> {
  const turn = streamTurn(endpoint, request, options);
  try {
    let next = await turn.next();
    for (; !next.done; next = await turn.next()) {
      if (typeof next.value !== 'string') throw new EndpointFault('protocol', 'a call is wanted where no tool was offered');
      yield next.value;
    }
    return next.value;
  } finally {
    await turn.return(undefined);
  }
}

function checkLength(chars: number): void {
  if (chars > LIMITS.llmAnswerChars) throw new EndpointFault('too-long', `the answer is longer than ${LIMITS.llmAnswerChars} characters`);
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
