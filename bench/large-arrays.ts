/** What is held of memory is the most just after something large was made. So whoever wants to know the most has to look then, and need not look at other times. */

/** Bytes from which an array is large: what smaller ones add between two looks is not seen. */
const LARGE_BYTES = 100_000;

const TYPES = [Float64Array, Float32Array, Uint32Array, Int32Array, Uint16Array, Uint8Array, Int8Array] as const;

/** From now on `onMade` is called whenever a large typed array has a buffer of its own made for it, by `slice`, `map` and `from` too, while it is held. */
export function onLargeArrays(onMade: () => void): void {
  for (const type of TYPES) {
    const watched = new Proxy(type, {
      construct(target, given: unknown[], newTarget) {
        const made = Reflect.construct(target, given, newTarget === watched ? target : newTarget) as InstanceType<typeof type>;
        if (made.byteLength >= LARGE_BYTES && !(given[0] instanceof ArrayBuffer)) onMade();
        return made;
      },
    });
    Object.defineProperty(type.prototype, 'constructor', { value: watched, writable: true, configurable: true });
    Object.defineProperty(globalThis, type.name, { value: watched, writable: true, configurable: true });
  }
}
