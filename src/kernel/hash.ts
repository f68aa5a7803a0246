/** 32 bits that differ from text to text, from 0 to 2³² − 1 (FNV-1a over UTF-8; Fowler, Noll & Vo): for fingerprints and draws, not for secrets. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash >>> 0;
}
