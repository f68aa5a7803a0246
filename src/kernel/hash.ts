/** 32 bits that differ from text to text, from 0 to 2³² − 1 (FNV-1a over UTF-8; Fowler, Noll & Vo): for fingerprints and draws, not for secrets. */
export function fnv1a(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return fnv1aOf(bytes, 0, bytes.length);
}

/** The same of bytes, from one place to before another. */
export function fnv1aOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}
