/** Something a user did with an item. */
export interface Interaction {
  readonly user: string;
  readonly item: string;
  /** `view`, `purchase`, `rating`, …; what it is worth is the reader's business. */
  readonly type: string;
  /** Milliseconds since 1970 UTC; absent where the source only gives an order. */
  readonly atMs?: number;
  /** A rating, a quantity, seconds watched. */
  readonly value?: number;
}
