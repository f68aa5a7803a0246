import type { Ask, Outcome, Refusal } from './gate.ts';

/** The gates of all regions. Every method rejects where a gate cannot be reached. */
export interface Gates {
  /** Lets a call through, or says why not. */
  admit(region: string, ask: Ask, nowMs: number): Promise<Refusal | undefined>;
  /** What `admit` would say, without letting anything through. */
  peek(region: string, ask: Ask, nowMs: number): Promise<Refusal | undefined>;
  settle(region: string, lease: string, outcome: Outcome, nowMs: number): Promise<void>;
}
