// @ts-check
import { element, productOf, required, walkWithArrows } from './dom.js';
import { swatch } from './swatch.js';
import { formatPrice, titleCase } from './title.js';

/** @typedef {import('./api.js').Product} Product */
/** @typedef {import('./api.js').Products} Products */

/**
 * The catalogue: a search field and what it found, as buttons that stay pressed while their product is picked.
 *
 * @param {{ onSearch(query: string): void, onChoose(product: Product): void }} handlers
 */
export function createShelf({ onSearch, onChoose }) {
  const form = required('search', HTMLFormElement);
  const query = required('query', HTMLInputElement);
  const status = required('catalogue-status', HTMLElement);
  const list = required('shelf', HTMLElement);

  /** @type {ReadonlyMap<string, Product>} */
  let shown = new Map();
  /** @type {ReadonlySet<string>} */
  let picked = new Set();

  query.addEventListener('input', () => onSearch(query.value.trim()));
  form.addEventListener('submit', (event) => event.preventDefault());
  list.addEventListener('click', (event) => {
    const product = shown.get(productOf(event) ?? '');
    if (product) onChoose(product);
  });
  walkWithArrows(list);

  function press() {
    for (const button of list.querySelectorAll('button'))
      button.setAttribute('aria-pressed', String(picked.has(button.dataset['id'] ?? '')));
  }

  return {
    /**
     * @param {Products} found
     * @param {string} asked
     */
    show({ items, total }, asked) {
      shown = new Map(items.map((product) => [product.id, product]));
      list.replaceChildren(...items.map(productRow));
      list.scrollTo({ top: 0, left: 0 });
      press();
      status.textContent = describe(items.length, total, asked);
      if (asked === '' && total > 0) query.placeholder = `Search ${count(total)} products`;
    },
    /** @param {string} message */
    fail(message) {
      status.textContent = message;
    },
    /** @param {ReadonlySet<string>} ids */
    markPicked(ids) {
      picked = ids;
      press();
    },
  };
}

/** @param {Product} product */
function productRow(product) {
  const button = element(
    'button',
    { type: 'button', class: 'product', 'data-id': product.id },
    swatch(product.title),
    element('span', { class: 'title' }, titleCase(product.title)),
  );
  if (product.price !== undefined) button.append(' ', element('span', { class: 'price' }, formatPrice(product.price)));
  return element('li', {}, button);
}

/**
 * @param {number} shown
 * @param {number} total
 * @param {string} asked
 */
function describe(shown, total, asked) {
  if (total === 0) return asked === '' ? 'The catalogue is empty.' : `No product is called “${asked}”.`;
  if (asked === '') return 'The whole shop, popular first';
  if (shown < total) return `${count(shown)} of ${count(total)} for “${asked}”`;
  return `${count(total)} for “${asked}”`;
}

/** @param {number} amount */
function count(amount) {
  return amount.toLocaleString('en-GB');
}
