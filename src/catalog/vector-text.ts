/** Vectors travel as base64 of their float32. */
export function vectorToText({ buffer, byteOffset, byteLength }: Float32Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer, byteOffset, byteLength)));
}

export function vectorFromText(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);
}
