const URL_SAFE: Readonly<Record<string, string>> = { '+': '-', '/': '_', '=': '' };

/** A text's UTF-8 as base64 that may stand in an address (RFC 4648, section 5), without padding. */
export function toBase64Url(text: string): string {
  return btoa(NOT_ASCII.test(text) ? bytesOf(text) : text).replace(/[+/=]/g, (char) => URL_SAFE[char]!);
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Its UTF-8, a character a byte. */
function bytesOf(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/** The text again. Throws on what `toBase64Url` cannot have written. */
export function fromBase64Url(encoded: string): string {
  const bytes = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
