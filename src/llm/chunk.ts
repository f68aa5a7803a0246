import * as v from 'valibot';
import { EndpointFault } from './fault.ts';

const CallDelta = v.object({
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  id: v.nullish(v.string()),
  function: v.nullish(v.object({ name: v.nullish(v.string()), arguments: v.nullish(v.string()) })),
});

/** A piece of a call that is wanted. */
export type CallDelta = v.InferOutput<typeof CallDelta>;

/** The part of a chunk of `chat.completions` that is read; an endpoint that fails midway sends an `error`. */
const Chunk = v.object({
  error: v.optional(v.unknown()),
  choices: v.optional(
    v.array(v.object({ delta: v.optional(v.object({ content: v.nullish(v.string()), tool_calls: v.nullish(v.array(CallDelta)) })) })),
    [],
  ),
  usage: v.nullish(v.object({ total_tokens: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
});

/** Reads a chunk. Throws an `EndpointFault` where it is none. */
export function parseChunk(data: string): v.InferOutput<typeof Chunk> {
  try {
    const chunk = v.parse(Chunk, JSON.parse(data));
    if (chunk.error !== undefined) throw new Error(`the endpoint says ${JSON.stringify(chunk.error).slice(0, 200)}`);
    return chunk;
  } catch (cause) {
    throw new EndpointFault('protocol', `a part of the stream cannot be read: ${String(cause)}`, { cause });
  }
}
