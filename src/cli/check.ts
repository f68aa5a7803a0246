import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { FEATURES } from '../model/features.ts';
import { readOnnxOutline } from '../model/read-onnx.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { checkModels } from '../training/check-models.ts';
import { loadEngine } from '../training/open-serving.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';

interface CheckOptions {
  readonly encoder?: string;
  readonly ranker?: string;
  readonly json: boolean;
}

export function checkCommand(): Command {
  return new Command('check')
    .description('try whether an encoder and a ranker, trained anywhere, can serve; names the first difference (docs/models.md)')
    .argument('<folder>', 'a model folder: what `train` wrote')
    .option('--encoder <file>', 'an ONNX file to try in place of the encoder of the folder')
    .option('--ranker <file>', 'an ONNX file to try in place of the ranker of the folder')
    .option(...JSON_OPTION, false)
    .action(runCheck);
}

async function runCheck(folder: string, { encoder, ranker, json }: CheckOptions): Promise<void> {
  const artefacts = await readArtefacts(folder);
  const tried = {
    model: artefacts.model,
    encoder: encoder === undefined ? artefacts.encoder : new Uint8Array(await readFile(encoder)),
    ranker: ranker === undefined ? artefacts.ranker : new Uint8Array(await readFile(ranker)),
  };
  await checkModels(tried, await loadEngine());
  const found = (bytes: Uint8Array) => ({ bytes: bytes.length, operators: readOnnxOutline(bytes).operators });
  const { dims, length } = tried.model.encoder;
  printResult({ encoder: found(tried.encoder), ranker: found(tried.ranker), dims, length, features: FEATURES }, json, () => [
    `encoder.onnx: rows [1 … ${length}, ${dims}] -> user vector [${dims}], ${count(tried.encoder.length)} bytes: it can serve`,
    `ranker.onnx: features [C, ${FEATURES.length}] -> scores [C], ${count(tried.ranker.length)} bytes: it can serve`,
    'columns of features:',
    ...table(FEATURES.map(({ name, unit, source }) => [`  ${name}`, `${unit};`, source])),
  ]);
}
