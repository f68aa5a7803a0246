import type { Artefacts } from '../catalog/snapshot.ts';
import { ENCODER_IO } from '../model/encoder.ts';
import { FEATURE_COUNT } from '../model/features.ts';
import { RANKER_IO } from '../model/ranker.ts';
import { recordStart } from '../model/recorded-start.ts';
import { openDense } from '../model/dense/open.ts';
import { compileKernel } from './kernels.ts';
import { compileOnnxRuntime } from './onnx-runtime.ts';

/** Rows of the inputs by which a restored model is tried. */
const PROBE_ROWS = 3;

/** The same artefacts with the start of ONNX Runtime recorded for those of their models that it runs: a Worker restores it instead of starting. */
export async function withRecordedStart(artefacts: Artefacts): Promise<Artefacts> {
  const { dims } = artefacts.model.encoder;
  const probe = (name: string, columns: number) => ({
    name,
    shape: [PROBE_ROWS, columns],
    input: Float32Array.from({ length: PROBE_ROWS * columns }, (_, at) => Math.sin(at)),
  });
  const dense = await compileKernel('dense');
  const models = [
    { onnx: artefacts.encoder, probe: probe(ENCODER_IO.rows, dims) },
    { onnx: artefacts.ranker, probe: probe(RANKER_IO.features, FEATURE_COUNT) },
  ].filter(({ onnx }) => !openDense(dense, onnx));
  const start = await recordStart(await compileOnnxRuntime(), models);
  return { ...artefacts, start };
}
