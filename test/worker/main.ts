/** The Worker under test: the classes of `src/worker.ts` without its ONNX Runtime, whose start takes seconds. */
import { ExplanationObject as ExplanationShell } from '../../src/explain/object.ts';
import type { FlightEnv } from '../../src/flight/object.ts';
import { ReadingObject as ReadingShell } from '../../src/intent/reading/object.ts';
import { model } from './model.ts';

export { GateObject } from '../../src/llm/object.ts';
export { SessionObject } from '../../src/session/object.ts';
export { RefreshWorkflow } from '../../src/workflow.ts';

/** An explanation, written by whatever the test at hand has for a language model. */
export class ExplanationObject extends ExplanationShell<FlightEnv> {
  protected readonly model = model;
}

/** What a text means, read by the same. */
export class ReadingObject extends ReadingShell<FlightEnv> {
  protected readonly model = model;
}

export default {
  /** What sessions of other tests send goes nowhere. */
  queue(batch) {
    batch.ackAll();
  },
} satisfies ExportedHandler;
