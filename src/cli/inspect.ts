import { Command } from 'commander';
import { parseSnapshotManifest } from '../catalog/manifest.ts';
import { commandLine, publishLine } from '../domain/command.ts';
import { manifestKey } from '../catalog/storage.ts';
import type { ModelManifest } from '../model/manifest.ts';
import { parseManifest } from '../model/manifest.ts';
import { readOnnxOutline, type OnnxOutline } from '../model/read-onnx.ts';
import { readArtefacts } from '../training/artefacts.ts';
import { get } from './kv.ts';
import { count, JSON_OPTION, printResult, table } from './output.ts';
import { currentPointer } from './publish.ts';
import { withTenantStore } from './store-options.ts';

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('say what is in a model or in a snapshot')
    .addCommand(inspectModelCommand())
    .addCommand(inspectSnapshotCommand());
}

function inspectModelCommand(): Command {
  return new Command('model')
    .description('what is in a model folder')
    .argument('<folder>', 'what `train` wrote')
    .option(...JSON_OPTION, false)
    .action(async (folder: string, { json }: { json: boolean }) => {
      const { model, encoder, rules, coVisits } = await readArtefacts(folder);
      const outline = readOnnxOutline(encoder);
      const neighbours = { rules: rules.item.length, coVisits: coVisits.item.length };
      printResult({ model, encoder: outline, neighbours }, json, () => [
        ...describeModel(model),
        ...table([
          ['sequential rules', neighbours.rules],
          ['co-visits', neighbours.coVisits],
        ]),
        ...describeOnnx('encoder.onnx', outline),
      ]);
    });
}

interface SnapshotOptions {
  local: boolean;
  persistTo?: string;
  tenant: string;
  json: boolean;
}

function inspectSnapshotCommand(): Command {
  return withTenantStore(
    new Command('snapshot').description('what is in a published snapshot').argument('[version]', 'the live one if absent'),
  )
    .option(...JSON_OPTION, false)
    .action(async (version: string | undefined, { json, ...target }: SnapshotOptions) => {
      const pointer = await currentPointer(target);
      const wanted = version ?? pointer?.version;
      if (!wanted) throw new Error(`no snapshot has been published yet: \`${publishLine(target)}\` publishes the demo's`);
      const value = await get(manifestKey(wanted), target);
      if (!value) throw new Error(`there is no snapshot ${wanted}: \`${commandLine('snapshots list', target)}\` lists them`);
      const manifest = parseSnapshotManifest(value);
      printResult({ live: pointer ?? null, manifest }, json, () => [
        `${manifest.version}${manifest.version === pointer?.version ? ' (live)' : ''}, made ${manifest.createdAt}`,
        ...table(
          manifest.shards.map(({ part, index, bytes, sha256 }) => [`  ${part}.${index}`, bytes, `bytes  sha256 ${sha256.slice(0, 16)}…`]),
        ),
        ...describeModel(parseManifest(manifest.model)),
      ]);
    });
}

function describeModel(model: ModelManifest): string[] {
  const { encoder, data, validation, coldScoring } = model;
  return [
    `${model.catalogue}: ${count(model.items)} items, ${count(data.users)} users, ${count(data.interactions)} interactions, ${data.protocol}`,
    `encoder: ${encoder.dims} dimensions, ${encoder.blocks} blocks, ${encoder.heads} head(s), ${encoder.length} items of history`,
    `validation NDCG@10 ${validation.ndcg10.toFixed(4)} by the transformer alone, after ${validation.epoch} epochs, seed ${model.seed}`,
    `feature registry ${model.featureSchema}; weights until the ranker is ready:`,
    ...table(Object.entries(coldScoring).map(([name, weight]) => [`  ${name}`, weight.toFixed(4)])),
    `data ${data.hash.slice(0, 16)}…  made by: ${model.command}`,
  ];
}

function describeOnnx(name: string, { inputs, outputs, operators, weightBytes }: OnnxOutline): string[] {
  const value = ({ name: of, shape }: OnnxOutline['inputs'][number]) => `${of} [${shape.join(', ')}]`;
  const nodes = Object.values(operators).reduce((sum, times) => sum + times, 0);
  return [
    `${name}: ${inputs.map(value).join(', ')} -> ${outputs.map(value).join(', ')}; ${nodes} operators, ${count(weightBytes)} bytes of weights`,
  ];
}
