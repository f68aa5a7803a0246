// @ts-check
import { element, required } from './dom.js';
import { ApiFailure } from './api.js';

/** @typedef {import('./api.js').Recommendation} Recommendation */

const NO_SNAPSHOT = ['No snapshot is published yet: run ', element('code', {}, 'npm run dev'), ' to publish the demo shop and start it.'];

/**
 * What kept an answer from being whole; nothing when it was.
 *
 * @param {Recommendation} answer
 * @returns {(string | Node)[]}
 */
export function shortcomings({ snapshot, degraded }) {
  if (snapshot === null) return NO_SNAPSHOT;
  if (degraded.length === 0) return [];
  if (degraded.includes('transformer')) return ['The transformer is still starting: answers come from neighbours and popularity.'];
  return [`Answering without: ${degraded.join(', ')}.`];
}

/**
 * @param {unknown} error
 * @returns {(string | Node)[]}
 */
export function complaint(error) {
  if (!(error instanceof ApiFailure)) return ['This page made a mistake; its console says which.'];
  if (error.code === 'snapshot_unavailable') return NO_SNAPSHOT;
  const request = error.requestId === undefined ? '' : `, request ${error.requestId}`;
  const source = error.code === 'network' ? '' : ` (${error.code}${request})`;
  return [`${error.message}${source}${error.transient ? ' Trying again…' : ''}`];
}

/** @param {{ onRetry(): void }} handlers */
export function createNotice({ onRetry }) {
  const box = required('notice', HTMLElement);
  const retry = element('button', { type: 'button', class: 'quiet' }, 'Try now');
  retry.addEventListener('click', onRetry);

  return {
    /** @param {(string | Node)[]} message empty hides the notice */
    show(message) {
      box.hidden = message.length === 0;
      if (message.length > 0) box.replaceChildren(element('p', {}, ...message), retry);
    },
  };
}
