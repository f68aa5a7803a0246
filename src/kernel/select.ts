/**
 * The places of the `k` highest of `scores`, from the first to the last; of equal scores the first are taken. All places if there are
 * no more. A score that is not a number is never taken, though each may cost another its place.
 */
export function selectTop(scores: Float32Array, k: number): Int32Array {
  const places = new Int32Array(Math.min(k, scores.length));
  if (k === 0) return places;
  const { least, ties } = k < scores.length ? kthLargest(scores, k) : { least: -Infinity, ties: k };
  let left = ties;
  let count = 0;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!;
    if (score > least || (score === least && left-- > 0)) places[count++] = at;
  }
  return places.subarray(0, count);
}

/** Scores are sorted into drawers by their sign, exponent and first bits of the fraction, before those of one drawer are compared. */
const DRAWER_BITS = 11;
const DRAWERS = 1 << DRAWER_BITS;
const FEW = 64;

/** Kept between calls: whoever selects does so many times a request. */
const drawers = new Int32Array(DRAWERS);
let copy = new Float32Array(1024);
let copyBits = new Int32Array(copy.buffer);

/**
 * The `k`-th largest of `values`, 1 <= k <= their number, and how many of those that equal it are among the `k`: one pass finds the
 * drawer it is in, and what is in that is selected from.
 */
function kthLargest(values: Float32Array, k: number): { least: number; ties: number } {
  const count = values.length;
  if (copy.length < count) {
    copy = new Float32Array(2 * count);
    copyBits = new Int32Array(copy.buffer);
  }
  for (let at = 0; at < count; at++) copy[at] = values[at]! + 0; // -0 becomes 0, which it equals, and is in the same drawer
  if (count <= FEW) return selectAmong(copy, count, k);
  drawers.fill(0);
  for (let at = 0; at < count; at++) drawers[drawerOf(copyBits[at]!)]!++;
  let drawer = DRAWERS - 1;
  let above = 0;
  while (above + drawers[drawer]! < k) above += drawers[drawer--]!;
  let inside = 0;
  for (let at = 0; at < count; at++) if (drawerOf(copyBits[at]!) === drawer) copy[inside++] = copy[at]!;
  return selectAmong(copy, inside, k - above);
}

/** The higher a float, the higher its drawer: of those below zero the bits are turned round. */
const drawerOf = (bits: number): number => (bits ^ ((bits >> 31) | 0x80000000)) >>> (32 - DRAWER_BITS);

/** The same of the first `count` of `values`, whose order it changes (quickselect; Hoare, 1961). */
function selectAmong(values: Float32Array, count: number, k: number): { least: number; ties: number } {
  const wanted = k - 1;
  let from = 0;
  let to = count - 1;
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let left = from;
    let right = to;
    while (left <= right) {
      while (values[left]! > pivot) left++;
      while (values[right]! < pivot) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (wanted <= right) to = right;
    else if (wanted >= left) from = left;
    else break; // between the two parts all are equal to the pivot
  }
  const least = values[wanted]!;
  let ties = k;
  for (let at = 0; at < count; at++) if (values[at]! > least) ties--;
  return { least, ties };
}
