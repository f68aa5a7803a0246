import { VectorSpace, type VectorIndex } from '../catalog/vectors/vector-space.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Filter } from './filter/filter.ts';
import { vectorFilter } from './vector-filter.ts';

/** Vectorize gives no more. */
export const VECTOR_CANDIDATES = 100;

export interface VectorCandidatesOptions {
  readonly tenant: string;
  readonly index: Pick<VectorIndex, 'query' | 'getByIds'>;
  readonly deadlineMs: number;
  readonly nowMs: () => number;
  readonly onFault: (reason: unknown) => void;
}

/** The nearest items out of a vector index, asked for with a deadline, and not at all for a while after it has failed several times in a row. */
export class VectorCandidates {
  private readonly options: VectorCandidatesOptions;
  private readonly ready = new Set<string>();
  private faults = 0;
  private closedUntilMs = -Infinity;

  constructor(options: VectorCandidatesOptions) {
    this.options = options;
  }

  /** Rows of this version nearest to `user` [dims], best first; undefined where the index fails, is late, or has not the whole version. Never rejects. */
  async nearest(user: Float32Array, version: string, filter: Filter | undefined): Promise<number[] | undefined> {
    const { tenant, deadlineMs, nowMs, onFault } = this.options;
    if (nowMs() < this.closedUntilMs) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`the vector index has not answered within ${deadlineMs} ms`)), deadlineMs);
      });
      const found = await Promise.race([this.ask(user, new VectorSpace(tenant, version), filter), late]);
      this.faults = 0;
      return found;
    } catch (cause) {
      onFault(cause);
      if (++this.faults >= LIMITS.vectorFaults) this.closedUntilMs = nowMs() + LIMITS.vectorPauseMs;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  private async ask(user: Float32Array, space: VectorSpace, filter: Filter | undefined): Promise<number[] | undefined> {
    const { index } = this.options;
    const [{ matches }, isReady] = await Promise.all([
      index.query(user, { topK: VECTOR_CANDIDATES, namespace: space.namespace, filter: vectorFilter(filter) }),
      this.isReady(space),
    ]);
    return isReady ? matches.flatMap(({ id }) => space.rowOf(id) ?? []) : undefined;
  }

  /** A version that is whole stays so while it is served. */
  private async isReady({ namespace, mark }: VectorSpace): Promise<boolean> {
    if (this.ready.has(namespace)) return true;
    const found = await this.options.index.getByIds([mark]);
    if (found.length > 0) this.ready.add(namespace);
    return found.length > 0;
  }
}
