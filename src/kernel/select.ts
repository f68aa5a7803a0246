/**
 * The `k` rows of `rows` [n] with the highest of `scores` [n], in the order in which they came; of equal scores the first. All of
 * them if there are no more. Leaves both as they are.
 */
export function selectTop(rows: Int32Array, scores: Float32Array, k: number): Int32Array {
  if (rows.length <= k) return rows.slice();
  if (k === 0) return new Int32Array();
  const least = kthLargest(scores.slice(), k);
  let above = 0;
  for (const score of scores) if (score > least) above++;
  let ties = k - above;
  const selected = new Int32Array(k);
  for (let at = 0, count = 0; count < k; at++) {
    const score = scores[at]!;
    if (score > least || (score === least && ties-- > 0)) selected[count++] = rows[at]!;
  }
  return selected;
}

/** The `k`-th largest of `values` [n], none of them NaN and 1 <= k <= n; changes their order (quickselect; Hoare, 1961). */
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
