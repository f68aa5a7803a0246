import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count } from '../src/cli/output.ts';
import type { Artefacts } from '../src/catalog/snapshot.ts';
import { loadEngine } from '../src/training/open-serving.ts';
import { withRecordedStart } from '../src/training/record-start.ts';
import { measureCold } from './cold.ts';
import { measureEncoder } from './encoder.ts';
import { startInstance } from './instance.ts';
import type { Plan } from './plan.ts';
import { withProgress } from './progress.ts';
import type { Figures } from './ratios.ts';
import { measureScan } from './scan.ts';
import { measureSize, type SizeFigures } from './size.ts';
import { measureStateful } from './stateful.ts';
import { measureWarm } from './warm.ts';

const ENCODER_LENGTHS = [1, 10, 20, 50];

/** Everything of a plan, one after another: two at once would measure each other. The Worker is built. */
export async function measure(shipped: Artefacts, plan: Plan, silent: boolean): Promise<Figures> {
  const artefacts = await withRecordedStart(shipped);
  const stateFolder = await mkdtemp(join(tmpdir(), 'edgewise-bench-'));
  try {
    const warm = await withProgress('warm', 'rounds', silent, async (onRound) => {
      const instance = await startInstance(stateFolder);
      try {
        await instance.publish(artefacts);
        return await measureWarm(instance, artefacts, plan.warm, onRound);
      } finally {
        await instance.stop();
      }
    });
    const stateful = await withProgress('stateful', 'rounds', silent, (onRound) => measureStateful(artefacts, plan.stateful, onRound));
    const cold = await withProgress('cold', 'samples', silent, (onSample) =>
      measureCold(stateFolder, artefacts, plan.coldSamples, onSample),
    );
    const sizes = await measureSizes(plan.sizes, artefacts, plan.size, silent);
    const engine = await loadEngine();
    const scan = await withProgress('scan', 'sizes', silent, async (onSize) =>
      plan.scanItems.map((items, at) => {
        const figures = measureScan(engine.openScanner, items, plan.repeats);
        onSize(at + 1, plan.scanItems.length);
        return figures;
      }),
    );
    return { warm, stateful, cold, sizes, scan, encoder: await measureEncoder(engine, artefacts, ENCODER_LENGTHS, plan.repeats) };
  } finally {
    await rm(stateFolder, { recursive: true });
  }
}

/** Catalogues of these sizes, with the encoder and the ranker of `shipped`. */
export async function measureSizes(
  sizes: readonly number[],
  shipped: Artefacts,
  plan: Plan['size'],
  silent: boolean,
): Promise<SizeFigures[]> {
  const figures: SizeFigures[] = [];
  for (const items of sizes)
    figures.push(await withProgress(`${count(items)} items`, 'rounds', silent, (onRound) => measureSize(items, shipped, plan, onRound)));
  return figures;
}
