import * as v from 'valibot';
import type { Usage } from './chat.ts';
import type { Endpoint } from './endpoint.ts';
import { EndpointFault } from './fault.ts';
import { post, type CallOptions } from './http.ts';

const Answer = v.object({
  data: v.array(
    v.object({
      index: v.pipe(v.number(), v.integer(), v.minValue(0)),
      embedding: v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1)),
    }),
  ),
  usage: v.nullish(v.object({ total_tokens: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
});

/** One call of embeddings at one endpoint that has an `embeddingModel`: yields a vector [d] a text, once. Throws an `EndpointFault`. */
export async function* embedTexts(
  endpoint: Endpoint,
  texts: readonly string[],
  options: CallOptions,
): AsyncGenerator<readonly Float32Array[], Usage> {
  let text = '';
  for await (const piece of post(
    endpoint,
    '/embeddings',
    { model: endpoint.embeddingModel, input: texts, encoding_format: 'float' },
    options,
  )) {
    text += piece.text;
    piece.heard();
  }
  const { data, usage } = parseAnswer(text);
  const ordered = data.toSorted((a, b) => a.index - b.index);
  const dims = ordered[0]?.embedding.length;
  if (ordered.length !== texts.length || ordered.some(({ index, embedding }, at) => index !== at || embedding.length !== dims))
    throw new EndpointFault('protocol', `${texts.length} texts were sent, the answer does not hold a vector of each`);
  yield ordered.map(({ embedding }) => Float32Array.from(embedding));
  return usage?.total_tokens;
}

function parseAnswer(text: string): v.InferOutput<typeof Answer> {
  try {
    return v.parse(Answer, JSON.parse(text));
  } catch (cause) {
    throw new EndpointFault('protocol', `the answer is not a list of embeddings: ${String(cause)}`, { cause });
  }
}
