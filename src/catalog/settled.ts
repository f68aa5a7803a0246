/** Waits for `promise`, but not longer than `patienceMs`. */
export async function settled(promise: Promise<void>, patienceMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, patienceMs);
  await Promise.race([promise, late.promise]);
  clearTimeout(timer);
}
