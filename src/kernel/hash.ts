const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** 32 bits that differ from text to text, from 0 to 2³² − 1 (FNV-1a over UTF-8; Fowler, Noll & Vo): for fingerprints and draws, not for secrets. */
export function fnv1a(text: string): number {
  let hash = OFFSET;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) return fnv1aOfUtf8(text);
    hash = Math.imul(hash ^ unit, PRIME);
  }
  return hash >>> 0;
}

function fnv1aOfUtf8(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return fnv1aOf(bytes, 0, bytes.length);
}

/** The same of bytes, from one place to before another. */
export function fnv1aOf(bytes: Uint8Array, from: number, end: number): number {
  let hash = OFFSET;
  for (let at = from; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, PRIME);
  return hash >>> 0;
}
