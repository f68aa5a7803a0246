// @ts-check

/** @typedef {{ readonly id: string, readonly title: string }} Picked */
/** @typedef {readonly Picked[]} Picks what the visitor chose, newest last, each product once */
/** @typedef {{ readonly type: 'add', readonly pick: Picked } | { readonly type: 'remove', readonly id: string } | { readonly type: 'clear' }} Action */

/** What the model reads of a history; older picks fall out. */
const PICKS_MAX = 50;

const STORAGE_KEY = 'edgewise.picks';

/**
 * The picks after an action; the same array when nothing changed. Picking a product again makes it the newest.
 *
 * @param {Picks} picks
 * @param {Action} action
 * @returns {Picks}
 */
export function reduce(picks, action) {
  switch (action.type) {
    case 'add': {
      if (picks.at(-1)?.id === action.pick.id) return picks;
      return [...without(picks, action.pick.id), action.pick].slice(-PICKS_MAX);
    }
    case 'remove': {
      const kept = without(picks, action.id);
      return kept.length === picks.length ? picks : kept;
    }
    case 'clear':
      return picks.length === 0 ? picks : [];
  }
}

/**
 * The picks kept in this tab; none when there are none, when they cannot be read, or when they are not ours.
 *
 * @param {() => Pick<Storage, 'getItem'>} storage a function, because merely naming `sessionStorage` may throw
 * @returns {Picks}
 */
export function load(storage) {
  try {
    const stored = JSON.parse(storage().getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isPicked).slice(-PICKS_MAX) : [];
  } catch {
    return [];
  }
}

/**
 * @param {() => Pick<Storage, 'setItem'>} storage
 * @param {Picks} picks
 */
export function save(storage, picks) {
  try {
    storage().setItem(STORAGE_KEY, JSON.stringify(picks));
  } catch {
    // Full or forbidden: the picks then last as long as the page.
  }
}

/**
 * @param {Picks} picks
 * @param {string} id
 */
function without(picks, id) {
  return picks.filter((pick) => pick.id !== id);
}

/**
 * @param {unknown} value
 * @returns {value is Picked}
 */
function isPicked(value) {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'title' in value &&
    typeof value.id === 'string' &&
    typeof value.title === 'string'
  );
}
