import { LIMITS } from '../domain/limits.ts';
import { RuntimeStopped } from '../model/ort.ts';
import type { Model } from '../model/runtime.ts';
import { openModels, type Engine, type ModelFiles, type OpenedModels } from './open-models.ts';

/** The encoder and the ranker of a version: opened once, shared by all that serve it, let go when the last of them does. */
export class Models {
  /** Why the runtime was started the usual way although a start had been recorded, if it was. */
  startFault: string | undefined;
  private readonly open: () => ReturnType<typeof openModels>;
  private opened: OpenedModels | undefined;
  private starting: Promise<void> | undefined;
  private failure: string | undefined;
  private startedAtMs = 0;
  private holders = 0;

  constructor({ encoder, ranker, start }: ModelFiles, engine: Engine) {
    const files = { encoder, ranker, ...(start && { start }) }; // the rest of a snapshot may go while they stay
    this.open = () => openModels(files, engine);
  }

  get ready(): boolean {
    return this.opened !== undefined;
  }

  /** Why they could not be opened, if it was tried. */
  get fault(): string | undefined {
    return this.failure;
  }

  /** Whether they should be opened: not while they are being, nor for a while after that failed. */
  due(nowMs: number): boolean {
    return !this.starting && (this.failure === undefined || nowMs - this.startedAtMs >= LIMITS.encoderRetryMs);
  }

  /** Opens them, once; a failed start may be tried again, and so may one whose runtime has stopped since. */
  start(nowMs: number): Promise<void> {
    if (!this.starting) this.startedAtMs = nowMs;
    this.starting ??= this.openBoth().catch((cause: unknown) => {
      this.fail(cause);
      throw cause;
    });
    return this.starting;
  }

  private async openBoth(): Promise<void> {
    const { models, startFault } = await this.open();
    this.opened = { encoder: this.watched(models.encoder), ranker: this.watched(models.ranker) };
    this.startFault = startFault;
    this.failure = undefined;
    if (this.holders === 0) this.letGo(); // all may have gone while they were being opened
  }

  /** The same model; both are lost when it finds that the runtime has stopped. */
  private watched(model: Model): Model {
    return {
      run: (inputs) =>
        model.run(inputs).catch((cause: unknown) => {
          if (cause instanceof RuntimeStopped) this.fail(cause);
          throw cause;
        }),
      release: () => model.release(),
    };
  }

  private fail(cause: unknown): void {
    this.opened = undefined;
    this.starting = undefined;
    this.failure = cause instanceof Error ? cause.message : String(cause);
  }

  /** Both must be ready. */
  get encoder(): Model {
    return this.opened!.encoder;
  }
  get ranker(): Model {
    return this.opened!.ranker;
  }

  hold(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (--this.holders === 0) this.letGo();
  }

  private letGo(): void {
    const { opened } = this;
    this.opened = undefined;
    for (const model of Object.values(opened ?? {})) model.release().catch(() => undefined); // nobody waits for it, and nobody could do anything about it
  }
}
