// @ts-check
import { createAnswer } from './answer.js';
import { ApiFailure, recommend, searchProducts } from './api.js';
import { createCurl } from './curl.js';
import { required } from './dom.js';
import { latest } from './latest.js';
import { complaint, createNotice, shortcomings } from './notice.js';
import { createPicks } from './picks.js';
import { createShelf } from './shelf.js';
import { load, reduce, save } from './state.js';
import { createTiming } from './timing.js';
import { titleCase } from './title.js';

/** @typedef {import('./state.js').Action} Action */
/** @typedef {import('./api.js').RecommendedItem} RecommendedItem */

const SHELF_ITEMS = 24;
const CARDS = 12;
const TYPING_PAUSE_MS = 150;
const RETRY_FIRST_MS = 1_000;
const RETRY_LONGEST_MS = 8_000;
const SHELF_RETRY_MS = 2_000;

const storage = () => sessionStorage;
const onlyLatestAnswer = latest();
const onlyLatestSearch = latest();

let picks = load(storage);
let retryMs = RETRY_FIRST_MS;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let searching;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

const announcer = required('announcer', HTMLElement);
const timing = createTiming();
const curl = createCurl();
const notice = createNotice({ onRetry: askAnew });
const answerView = createAnswer({
  onChoose: (item) => act({ type: 'add', pick: { id: item.id, title: item.title } }),
  onPoint: (because) => picksView.highlight(because),
});
const picksView = createPicks({
  onRemove: (id) => act({ type: 'remove', id }),
  onClear: () => act({ type: 'clear' }),
  onPoint: (id) => answerView.highlight(id),
});
const shelf = createShelf({
  onSearch(words) {
    clearTimeout(searching);
    searching = setTimeout(() => search(words), TYPING_PAUSE_MS);
  },
  onChoose({ id, title }) {
    const isPicked = picks.some((pick) => pick.id === id);
    act(isPicked ? { type: 'remove', id } : { type: 'add', pick: { id, title } });
  },
});

addEventListener('online', askAnew);
showPicks();
askAnew();
void search('');

/** @param {Action} action */
function act(action) {
  const next = reduce(picks, action);
  if (next === picks) return;
  picks = next;
  save(storage, picks);
  showPicks();
  askAnew();
}

function showPicks() {
  picksView.show(picks);
  shelf.markPicked(new Set(picks.map((pick) => pick.id)));
}

function askAnew() {
  retryMs = RETRY_FIRST_MS;
  void ask();
}

/** Asks for what goes with the picks. An answer that is not whole is shown and asked for again a little later. */
async function ask() {
  clearTimeout(retry);
  const asked = picks;
  const request = { history: asked.map((pick) => pick.id), limit: CARDS };
  curl.show(request);
  answerView.wait();
  try {
    const timed = await onlyLatestAnswer((signal) => recommend(request, signal));
    if (timed === undefined) return;
    const { answer, stages, roundTripMs } = timed;
    const missing = shortcomings(answer);
    picksView.highlight([]);
    answerView.show(answer.items, asked);
    picksView.markUnknown(answer.unknown);
    timing.show(stages, roundTripMs);
    notice.show(missing);
    announce(`${plainText(missing)} ${describe(answer.items)}`);
    if (missing.length > 0) askAgainLater();
  } catch (error) {
    const fault = complaint(error);
    timing.hide();
    notice.show(fault);
    announce(plainText(fault));
    if (!(error instanceof ApiFailure)) throw error;
    if (error.transient) askAgainLater();
  }
}

function askAgainLater() {
  retry = setTimeout(ask, retryMs);
  retryMs = Math.min(retryMs * 2, RETRY_LONGEST_MS);
}

/** @param {string} words */
async function search(words) {
  try {
    const found = await onlyLatestSearch((signal) => searchProducts(words, SHELF_ITEMS, signal));
    if (found === undefined) return;
    shelf.show(found, words);
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    shelf.fail(error.code === 'network' ? 'The catalogue cannot be reached.' : error.message);
    if (error.transient) searching = setTimeout(() => search(words), SHELF_RETRY_MS);
  }
}

/**
 * To those who listen to the page; a retry that ends like the one before stays silent.
 *
 * @param {string} message
 */
function announce(message) {
  if (announcer.textContent !== message) announcer.textContent = message;
}

/** @param {readonly RecommendedItem[]} items */
function describe(items) {
  const [first] = items;
  return first === undefined ? 'No recommendations.' : `${items.length} recommendations, first: ${titleCase(first.title)}.`;
}

/** @param {readonly (string | Node)[]} parts */
function plainText(parts) {
  return parts.map((part) => (typeof part === 'string' ? part : part.textContent)).join('');
}
