/** Keeps a value under its key, and gives it. A map that has `most` of them is emptied first: what is asked for often is soon there again. */
export function remember<K, V>(key: K, value: V, known: Map<K, V>, most: number): V {
  if (known.size >= most) known.clear();
  known.set(key, value);
  return value;
}
