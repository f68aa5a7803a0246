/** What the platform bills beside time. */
export const PRICED = [
  'Worker requests',
  'KV reads',
  'KV writes',
  'Durable Object requests',
  'Durable Object rows read',
  'Durable Object rows written',
  'queue operations',
  'D1 rows read',
  'D1 rows written',
  'R2 writes',
  'R2 reads',
] as const;
export type Priced = (typeof PRICED)[number];

/** Dollars a million beyond what Workers Paid includes, of developers.cloudflare.com, read on 2026-11-24. CPU is by the millisecond. */
export const PRICES: Readonly<Record<Priced, number>> = {
  'Worker requests': 0.3,
  'KV reads': 0.5,
  'KV writes': 5,
  'Durable Object requests': 0.15,
  'Durable Object rows read': 0.001,
  'Durable Object rows written': 1,
  'queue operations': 0.4,
  'D1 rows read': 0.001,
  'D1 rows written': 1,
  'R2 writes': 4.5,
  'R2 reads': 0.36,
};
export const CPU_PRICE = 0.02;
