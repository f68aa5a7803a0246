// @ts-check
import { curlCommand } from './api.js';
import { required } from './dom.js';

const THANKS_MS = 1_600;

/** @typedef {import('./api.js').RecommendationRequest} RecommendationRequest */

/** The current request, to take along into a shell. */
export function createCurl() {
  const text = required('curl', HTMLElement);
  const copy = required('copy', HTMLButtonElement);

  copy.addEventListener('click', async () => {
    copy.textContent = (await copied(text)) ? 'Copied' : 'Selected: press Ctrl+C';
    setTimeout(() => (copy.textContent = 'Copy'), THANKS_MS);
  });

  return {
    /** @param {RecommendationRequest} request */
    show(request) {
      text.textContent = curlCommand(location.origin, request);
    },
  };
}

/**
 * Browsers give the clipboard only to secure pages; elsewhere the text is selected for the visitor to copy.
 *
 * @param {HTMLElement} text
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(text);
    return false;
  }
}
