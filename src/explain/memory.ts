import { LIMITS } from '../domain/limits.ts';

/** What this isolate knows of explanations: their texts, and which it looked for and did not find. The longest unused is forgotten first. */
export class ExplanationMemory {
  private readonly known = new Map<string, { readonly text: string } | { readonly missingSinceMs: number }>();

  textOf(name: string): string | undefined {
    const entry = this.known.get(name);
    if (!entry || !('text' in entry)) return undefined;
    this.set(name, entry);
    return entry.text;
  }

  /** Whether it may be there without our knowing. */
  isUnknown(name: string, nowMs: number): boolean {
    const entry = this.known.get(name);
    return !entry || ('missingSinceMs' in entry && nowMs - entry.missingSinceMs >= LIMITS.explanationMissingMs);
  }

  remember(name: string, text: string): void {
    this.set(name, { text });
  }

  rememberMissing(name: string, nowMs: number): void {
    this.set(name, { missingSinceMs: nowMs });
  }

  private set(name: string, entry: { readonly text: string } | { readonly missingSinceMs: number }): void {
    this.known.delete(name);
    this.known.set(name, entry);
    if (this.known.size > LIMITS.explanationsRemembered) this.known.delete(this.known.keys().next().value!);
  }
}
