import { DatasetBuilder } from '../dataset/builder.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Item } from '../domain/item.ts';
import { shuffle, type Random } from '../kernel/random.ts';

/** Data as it would be if some of its items had not come yet. */
export interface ColdItems {
  /** The data without them: no text and no interaction of theirs. */
  readonly known: Dataset;
  /** What was taken out. */
  readonly hidden: readonly Item[];
}

/** Takes a `share` of the items out of the data, chosen by `random`. */
export function hideItems(dataset: Dataset, share: number, random: Random): ColdItems {
  const order = [...dataset.items.keys()];
  shuffle(order, random);
  const isHidden = new Uint8Array(dataset.items.length);
  for (const row of order.slice(0, Math.round(share * order.length))) isHidden[row] = 1;

  const builder = new DatasetBuilder();
  dataset.items.forEach((item, row) => isHidden[row] || builder.addItem(item));
  dataset.users.forEach((user, u) => {
    for (let k = dataset.start[u]!; k < dataset.start[u + 1]!; k++) {
      const row = dataset.item[k]!;
      if (isHidden[row]) continue;
      builder.addInteraction(user, dataset.items[row]!.id, dataset.types[dataset.type[k]!]!, dataset.atMs[k]!, dataset.value[k]!);
    }
  });
  return { known: builder.build(dataset.name), hidden: dataset.items.filter((_, row) => isHidden[row]) };
}
