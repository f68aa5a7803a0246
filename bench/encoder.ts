import type { Artefacts } from '../src/catalog/snapshot.ts';
import { ENCODER_IO } from '../src/model/encoder.ts';
import type { Engine } from '../src/recommend/serving.ts';
import { spreadOf, timed, type Spread } from './statistics.ts';

export interface EncoderFigures extends Spread {
  /** Items of the history. */
  readonly length: number;
}

/** The encoder alone, in Node on the runtime of the Worker. Lengths take turns. */
export async function measureEncoder(
  engine: Engine,
  { encoder, vectors, model }: Artefacts,
  lengths: readonly number[],
  repeats: number,
): Promise<EncoderFigures[]> {
  const { dims } = model.encoder;
  const opened = await engine.openModel(encoder);
  const cases = lengths.map((length) => ({
    length,
    inputs: {
      [ENCODER_IO.rows]: { data: vectors.slice(0, length * dims), shape: [length, dims] }, // [L, d]
    },
    samplesMs: [] as number[],
  }));
  for (let at = 0; at < repeats; at++) {
    for (const { inputs, samplesMs } of cases) samplesMs.push(await timed(() => opened.run(inputs)));
  }
  await opened.release();
  return cases.map(({ length, samplesMs }) => ({ length, ...spreadOf(samplesMs) }));
}
