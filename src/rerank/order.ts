/** An answer that names fewer of the items than this share is no order of them. */
const NAMED_SHARE = 0.5;

/**
 * The order [n] that a language model meant by `named`, numbers from 1 to `length`, best first -> places from 0: what it never was sent counts
 * nothing, what is named twice counts once, and what is missing follows as it stood. Throws where too little is left of it.
 */
export function orderOf(named: readonly number[], length: number): number[] {
  const places = [...new Set(named.map((number) => number - 1))].filter((place) => Number.isInteger(place) && place >= 0 && place < length);
  if (places.length < NAMED_SHARE * length) throw new Error(`of ${length} items it names ${places.length}`);
  return [...places, ...range(length).filter((place) => !places.includes(place))];
}

/** One order [n] of several, by the mean of the places that each gives an item (Borda); of equals, the lower number is first. */
export function joinOrders(orders: readonly (readonly number[])[]): number[] {
  const length = orders[0]?.length ?? 0;
  const sums = new Int32Array(length);
  for (const order of orders) order.forEach((item, place) => (sums[item]! += place));
  return range(length).sort((a, b) => sums[a]! - sums[b]! || a - b);
}

const range = (length: number) => Array.from({ length }, (_, at) => at);
