import { LIMITS } from '../domain/limits.ts';

/** Not there when it was last looked for, and how often it was asked for. */
interface Missing {
  readonly sinceMs: number;
  readonly asked: number;
}

/** What this isolate knows of results: those that it has seen, and which it looked for and did not find. The longest unused is forgotten first. */
export class FlightMemory<V extends object | string> {
  private readonly known = new Map<string, { readonly value: V } | Missing>();
  private readonly enough: number;

  /** `enough`: how often something has to be asked for before it is worth having made. */
  constructor(enough: number) {
    this.enough = enough;
  }

  valueOf(name: string): V | undefined {
    const entry = this.known.get(name);
    if (!entry || !('value' in entry)) return undefined;
    this.set(name, entry);
    return entry.value;
  }

  remember(name: string, value: V): void {
    this.set(name, { value });
  }

  /** Notes that somebody asks for what is not known. Whether it is to be looked for now, and made where it is not found. */
  note(name: string, nowMs: number): { readonly look: boolean; readonly make: boolean } {
    const entry = this.known.get(name);
    if (entry && 'value' in entry) return { look: false, make: false };
    const asked = (entry?.asked ?? 0) + 1;
    const look = !entry || asked === this.enough || nowMs - entry.sinceMs >= LIMITS.flightMissingMs;
    this.set(name, { asked, sinceMs: look ? nowMs : entry.sinceMs });
    return { look, make: look && asked >= this.enough };
  }

  private set(name: string, entry: { readonly value: V } | Missing): void {
    this.known.delete(name);
    this.known.set(name, entry);
    if (this.known.size > LIMITS.flightsRemembered) this.known.delete(this.known.keys().next().value!);
  }
}
