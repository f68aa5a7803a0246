const FIRST_CAPACITY = 1024;

/** Interactions in the order of the source, by column; the columns double as they fill. */
export class InteractionColumns {
  length = 0;
  /** [capacity] row of the user, of the item and of the type. */
  user = new Int32Array(FIRST_CAPACITY);
  item = new Int32Array(FIRST_CAPACITY);
  type = new Uint8Array(FIRST_CAPACITY);
  /** [capacity] milliseconds since 1970 UTC; NaN where there is no time. */
  atMs = new Float64Array(FIRST_CAPACITY);
  /** [capacity] NaN where there is no value. */
  value = new Float32Array(FIRST_CAPACITY);

  push(user: number, item: number, type: number, atMs: number, value: number): void {
    if (this.length === this.user.length) this.#double();
    this.user[this.length] = user;
    this.item[this.length] = item;
    this.type[this.length] = type;
    this.atMs[this.length] = atMs;
    this.value[this.length] = value;
    this.length++;
  }

  #double(): void {
    const capacity = this.user.length * 2;
    this.user = copied(this.user, new Int32Array(capacity));
    this.item = copied(this.item, new Int32Array(capacity));
    this.type = copied(this.type, new Uint8Array(capacity));
    this.atMs = copied(this.atMs, new Float64Array(capacity));
    this.value = copied(this.value, new Float32Array(capacity));
  }
}

function copied<T extends { set(values: ArrayLike<number>): void } & ArrayLike<number>>(from: T, to: T): T {
  to.set(from);
  return to;
}
