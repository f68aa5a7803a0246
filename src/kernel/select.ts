/**
 * The places of the `k` highest of `scores`, from the first to the last; of equal scores the first are taken. All places if there are
 * no more. A score that is not a number is never taken, though it may cost another its place.
 */
export function selectTop(scores: Float32Array, k: number): Int32Array {
  const places = new Int32Array(Math.min(k, scores.length));
  if (k === 0) return places;
  const least = k < scores.length ? kthLargest(copyOf(scores), k) : -Infinity;
  let ties = k;
  for (let at = 0; at < scores.length; at++) if (scores[at]! > least) ties--;
  let count = 0;
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!;
    if (score > least || (score === least && ties-- > 0)) places[count++] = at;
  }
  return places.subarray(0, count);
}

/** What is put in another order is a copy, made where the one before was: whoever selects does so many times a request. */
let scratch = new Float32Array(1024);

function copyOf(values: Float32Array): Float32Array {
  if (scratch.length < values.length) scratch = new Float32Array(2 * values.length);
  const copy = scratch.subarray(0, values.length);
  copy.set(values);
  return copy;
}

/** The `k`-th largest of `values`, 1 <= k <= their number; changes their order (quickselect; Hoare, 1961). */
function kthLargest(values: Float32Array, k: number): number {
  const wanted = k - 1;
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [left, right] = [from, to];
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
  return values[wanted]!;
}
