/** Whether all values are numbers, and finite. A loop, as `every` makes an object of each float that it passes on. */
export function areFinite(values: Float32Array): boolean {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at]!)) return false;
  return true;
}
