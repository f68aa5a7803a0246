/**
 * A server that speaks OpenAI's protocol and has no model: chat completions are made by the rules of `stand-in-says.ts`,
 * embeddings count letters. For development without a model, and for benches; its `model` field says what it is.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { say, type ChatBody } from './stand-in-says.ts';

const MODEL = 'stand-in-without-a-model';
const PIECE_CHARS = 8;
const DIMS = 32;

/** How it answers: at once, after half a minute, or never well. */
export type Manner = 'fast' | 'slow' | 'failing';
const SLOW_MS = 30_000;

export interface StandIn {
  /** Ends in `/v1`. */
  readonly url: string;
  /** Requests so far. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
}

/** Starts one on this machine; port 0 takes any that is free. */
export async function startStandIn(port = 0, manner: Manner = 'fast'): Promise<StandIn> {
  let calls = 0;
  const server = createServer((request, response) => {
    calls++;
    void answer(request, response, manner).catch((fault: unknown) => send(response, 400, { error: { message: String(fault) } }));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls: () => calls,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, manner: Manner): Promise<void> {
  if (manner === 'failing') return send(response, 500, { error: { message: 'told to fail' } });
  if (manner === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  if (request.url === '/v1/models') return send(response, 200, { object: 'list', data: [{ id: MODEL, object: 'model' }] });
  const body = JSON.parse(await text(request)) as ChatBody & { readonly input?: readonly string[] };
  if (request.url === '/v1/embeddings')
    return send(response, 200, { model: MODEL, data: (body.input ?? []).map((input, index) => ({ index, embedding: embed(input) })) });
  if (request.url !== '/v1/chat/completions') return send(response, 404, { error: { message: `there is no ${request.url}` } });
  if (!body.stream) return send(response, 501, { error: { message: 'the stand-in only streams' } });
  const said = say(body);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (chunk: object) =>
    response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', model: MODEL, ...chunk })}\n\n`);
  if ('query' in said)
    write({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id: 'call-0', function: searchFor(said.query) }] } }] });
  else
    for (let at = 0; at < said.text.length; at += PIECE_CHARS)
      write({ choices: [{ index: 0, delta: { content: said.text.slice(at, at + PIECE_CHARS) } }] });
  write({ choices: [], usage: { total_tokens: Math.ceil(JSON.stringify(body.messages).length / 3) } });
  response.end('data: [DONE]\n\n');
}

const searchFor = (query: string) => ({ name: 'search', arguments: JSON.stringify({ query }) });

function embed(input: string): number[] {
  const vector = Array<number>(DIMS).fill(0);
  for (const character of input.toLowerCase()) vector[character.codePointAt(0)! % DIMS]! += 1;
  return vector;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
