/** What was sent as an item, or why that cannot be read; `place` says where it stood. */
export type SentItem<P> = { readonly value: unknown; readonly place: P } | { readonly fault: string; readonly place: P };
