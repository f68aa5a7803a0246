// @ts-check
import { element, productOf, required, walkWithArrows, watchPointing } from './dom.js';
import { swatch } from './swatch.js';
import { formatPrice, titleCase } from './title.js';

/** @typedef {import('./api.js').RecommendedItem} RecommendedItem */
/** @typedef {import('./api.js').Reason} Reason */
/** @typedef {import('./state.js').Picks} Picks */

const MOVE_MS = 320;
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * The recommendations as cards.
 *
 * @param {{ onChoose(item: RecommendedItem): void, onPoint(because: readonly string[]): void }} handlers `onPoint`: the picks behind the card that is hovered or focused
 */
export function createAnswer({ onChoose, onPoint }) {
  const section = required('answer', HTMLElement);
  const heading = required('answer-heading', HTMLElement);
  const hint = required('answer-hint', HTMLElement);
  const list = required('cards', HTMLElement);

  /** @type {ReadonlyMap<string, RecommendedItem>} */
  let shown = new Map();

  list.addEventListener('click', (event) => {
    const item = shown.get(productOf(event) ?? '');
    if (item) onChoose(item);
  });
  watchPointing(list, (id) => onPoint(shown.get(id ?? '')?.reason.because ?? []));
  walkWithArrows(list);

  return {
    /** The cards on show no longer belong to the picks; until the next answer they stay, paler. */
    wait() {
      section.setAttribute('aria-busy', 'true');
    },
    /**
     * @param {readonly RecommendedItem[]} items
     * @param {Picks} picks that the items answer
     */
    show(items, picks) {
      section.removeAttribute('aria-busy');
      heading.textContent = picks.length === 0 ? 'Popular with everyone' : 'For you';
      hint.textContent = describe(items.length, picks.length);
      shown = new Map(items.map((item) => [item.id, item]));
      replaceCards(list, items, picks);
    },
    /** @param {string | undefined} id of a pick: the cards that it carries stand out */
    highlight(id) {
      list.classList.toggle('is-pointed', id !== undefined);
      for (const card of list.children) {
        const because = shown.get(card.getAttribute('data-id') ?? '')?.reason.because ?? [];
        card.classList.toggle('is-because', id !== undefined && because.includes(id));
      }
    },
  };
}

/**
 * @param {number} cards
 * @param {number} picks
 */
function describe(cards, picks) {
  if (cards === 0) return 'Nothing to recommend.';
  if (picks === 0) return 'Pick anything you like and this list becomes yours.';
  return picks === 1 ? 'From your one pick. A second says more.' : `From your ${picks} picks.`;
}

/**
 * Cards that stay glide to their new place, new ones fade in, and the focus stays where it was in the list.
 *
 * @param {HTMLElement} list
 * @param {readonly RecommendedItem[]} items
 * @param {Picks} picks
 */
function replaceCards(list, items, picks) {
  const before = new Map([...list.children].map((card) => [card.getAttribute('data-id'), card.getBoundingClientRect()]));
  const focused = [...list.children].findIndex((card) => card.contains(document.activeElement));

  list.replaceChildren(...items.map((item) => card(item, picks)));

  if (focused >= 0) list.querySelectorAll('button')[Math.min(focused, items.length - 1)]?.focus({ preventScroll: true });
  if (stillness.matches) return;
  for (const card of list.children) {
    const from = before.get(card.getAttribute('data-id'));
    const to = card.getBoundingClientRect();
    const start = from ? { transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)` } : { opacity: 0, transform: 'scale(0.96)' };
    card.animate([start, { opacity: 1, transform: 'none' }], { duration: MOVE_MS, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' });
  }
}

/**
 * @param {RecommendedItem} item
 * @param {Picks} picks
 */
function card(item, picks) {
  const { reason } = item;
  const button = element('button', { type: 'button' }, swatch(item.title), element('span', { class: 'title' }, titleCase(item.title)));
  if (item.price !== undefined) button.append(' ', element('span', { class: 'price' }, formatPrice(item.price)));
  const carriers = picks.filter((pick) => reason.because.includes(pick.id));
  button.append(
    ' ',
    element(
      'span',
      { class: 'reason', 'data-kind': reason.kind },
      ...carriers.slice(-2).map((pick) => swatch(pick.title)),
      readable(reason, carriers),
    ),
  );
  return element('li', { class: 'card', 'data-id': item.id }, button);
}

/**
 * The reason with the titles it quotes in the same case as everywhere on the page.
 *
 * @param {Reason} reason
 * @param {Picks} carriers
 */
function readable(reason, carriers) {
  return carriers.reduce((text, { title }) => text.replaceAll(title, () => titleCase(title)), reason.text);
}
