import { DurableObject } from 'cloudflare:workers';
import { LIMITS } from '../domain/limits.ts';
import { admit, OPEN_GATE, settle, type Ask, type GateBounds, type GateState, type Outcome, type Refusal } from './gate.ts';

/** What the object needs of its Worker. */
export interface GateEnv {
  /** Overrides `LIMITS.llmConcurrency` and `LIMITS.llmDailyTokens`, a region each. */
  readonly LLM_CONCURRENCY?: string;
  readonly LLM_DAILY_TOKENS?: string;
}

const STATE_KEY = 'gate';

/** The gate of one region: see `gate.ts`, which holds all that it decides. */
export class GateObject extends DurableObject<GateEnv> {
  admit(ask: Ask, nowMs: number): Refusal | undefined {
    const { state, refusal } = admit(this.read(), ask, boundsOf(this.env), nowMs);
    this.write(state);
    return refusal;
  }

  peek(ask: Ask, nowMs: number): Refusal | undefined {
    return admit(this.read(), ask, boundsOf(this.env), nowMs).refusal;
  }

  settle(lease: string, outcome: Outcome, nowMs: number): void {
    this.write(settle(this.read(), lease, outcome, nowMs));
  }

  private read(): GateState {
    return this.ctx.storage.kv.get<GateState>(STATE_KEY) ?? OPEN_GATE;
  }

  private write(state: GateState): void {
    this.ctx.storage.kv.put(STATE_KEY, state);
  }
}

function boundsOf({ LLM_CONCURRENCY, LLM_DAILY_TOKENS }: GateEnv): GateBounds {
  return {
    concurrency: Number(LLM_CONCURRENCY ?? LIMITS.llmConcurrency),
    dailyTokens: Number(LLM_DAILY_TOKENS ?? LIMITS.llmDailyTokens),
  };
}
