// @ts-check

/**
 * A new element. Strings among the children become text, never markup: titles come from outside.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * The element that the page holds under this id.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function required(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

/**
 * The id of the product that an event happened on or in.
 *
 * @param {Event} event
 * @returns {string | undefined}
 */
export function productOf(event) {
  if (!(event.target instanceof Element)) return undefined;
  const holder = event.target.closest('[data-id]');
  return holder instanceof HTMLElement ? holder.dataset.id : undefined;
}

/**
 * Tells which product of a list the visitor points at, with the pointer or the keyboard; undefined when none any more.
 *
 * @param {HTMLElement} list
 * @param {(id: string | undefined) => void} onPoint
 */
export function watchPointing(list, onPoint) {
  list.addEventListener('pointerover', (event) => onPoint(productOf(event)));
  list.addEventListener('pointerleave', () => onPoint(undefined));
  list.addEventListener('focusin', (event) => {
    // A click or a tap also moves the focus, and says nothing about where the visitor looks next.
    if (event.target instanceof Element && event.target.matches(':focus-visible')) onPoint(productOf(event));
  });
  list.addEventListener('focusout', () => onPoint(undefined));
}

/**
 * Arrow keys, Home and End walk the buttons of a list; Tab keeps working as everywhere.
 *
 * @param {HTMLElement} list
 */
export function walkWithArrows(list) {
  list.addEventListener('keydown', (event) => {
    const buttons = [...list.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = destination(event.key, at, buttons.length);
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
  });
}

/**
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @returns {number | undefined}
 */
function destination(key, at, count) {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
    case 'ArrowLeft':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
