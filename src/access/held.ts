export interface HeldOptions<T> {
  readonly make: (name: string) => T;
  /** Told of what has to make room. */
  readonly close: (value: T) => void;
  /** How many there may be at once. */
  readonly most: number;
}

/** What is made once for a name and held, until too many others were asked for since. */
export class Held<T> {
  private readonly options: HeldOptions<T>;
  /** The one asked for last stands last. */
  private readonly values = new Map<string, T>();

  constructor(options: HeldOptions<T>) {
    this.options = options;
  }

  of(name: string): T {
    const value = this.values.get(name) ?? this.options.make(name);
    this.values.delete(name);
    this.values.set(name, value);
    if (this.values.size > this.options.most) this.closeOldest();
    return value;
  }

  private closeOldest(): void {
    const [[name, value]] = this.values as unknown as [[string, T]];
    this.values.delete(name);
    this.options.close(value);
  }
}
