// @ts-check
import { element, productOf, required, walkWithArrows, watchPointing } from './dom.js';
import { swatch } from './swatch.js';
import { titleCase } from './title.js';

/** @typedef {import('./state.js').Picks} Picks */
/** @typedef {import('./state.js').Picked} Picked */

/**
 * The history as chips, newest last.
 *
 * @param {{ onRemove(id: string): void, onClear(): void, onPoint(id: string | undefined): void }} handlers `onPoint`: a chip is hovered or focused, or none is
 */
export function createPicks({ onRemove, onClear, onPoint }) {
  const heading = required('picks-heading', HTMLElement);
  const list = required('picks', HTMLElement);
  const empty = required('picks-empty', HTMLElement);
  const clear = required('clear', HTMLButtonElement);

  list.addEventListener('click', (event) => {
    const id = productOf(event);
    if (id !== undefined && event.target instanceof Element && event.target.closest('button')) onRemove(id);
  });
  clear.addEventListener('click', onClear);
  watchPointing(list, onPoint);
  walkWithArrows(list);

  return {
    /** @param {Picks} picks */
    show(picks) {
      const buttons = [...list.querySelectorAll('button')];
      const focused = buttons.findIndex((button) => button === document.activeElement);
      const known = new Map([...list.children].map((chip) => [chip.getAttribute('data-id'), chip]));
      const lastId = list.lastElementChild?.getAttribute('data-id');
      const isClearing = document.activeElement === clear;

      list.replaceChildren(...picks.map((pick) => known.get(pick.id) ?? chip(pick)));
      const none = picks.length === 0;
      empty.hidden = !none;
      list.hidden = none;
      clear.hidden = none;
      if (picks.at(-1)?.id !== lastId) list.scrollTo({ left: list.scrollWidth, top: list.scrollHeight });

      // Moving the chips took the focus away: give it back to the nearest one.
      if (none && (focused >= 0 || isClearing)) heading.focus({ preventScroll: true });
      else if (focused >= 0) list.querySelectorAll('button')[Math.min(focused, picks.length - 1)]?.focus({ preventScroll: true });
    },
    /** @param {readonly string[]} ids products that carry a recommendation; none clears the highlight */
    highlight(ids) {
      const carriers = new Set(ids);
      list.classList.toggle('is-pointed', carriers.size > 0);
      for (const chip of list.children) chip.classList.toggle('is-because', carriers.has(chip.getAttribute('data-id') ?? ''));
    },
    /** @param {readonly string[]} ids products that the catalogue does not have any more */
    markUnknown(ids) {
      for (const chip of list.children) {
        const unknown = ids.includes(chip.getAttribute('data-id') ?? '');
        chip.classList.toggle('is-unknown', unknown);
        if (unknown) chip.setAttribute('title', 'Not in this catalogue any more: it was ignored');
        else chip.removeAttribute('title');
      }
    },
  };
}

/** @param {Picked} pick */
function chip(pick) {
  const title = titleCase(pick.title);
  const remove = element('button', { type: 'button', 'aria-label': `Remove ${title}` });
  return element('li', { class: 'chip', 'data-id': pick.id }, swatch(pick.title), element('span', { class: 'title' }, title), remove);
}
