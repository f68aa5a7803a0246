/** The Worker under test: the classes of `src/worker.ts` without its ONNX Runtime, whose start takes seconds. */
export { RefreshWorkflow } from '../../src/workflow.ts';
export { SessionObject } from '../../src/session/object.ts';

export default {
  /** What sessions of other tests send goes nowhere. */
  queue(batch) {
    batch.ackAll();
  },
} satisfies ExportedHandler;
