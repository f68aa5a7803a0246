// @ts-check
import { element, required } from './dom.js';

/** What of the total no stage accounts for. */
const REST = 'rest';

/** A Worker on this machine has a clock that runs, in whole milliseconds; a deployed one's stands still while it computes. */
const clockRuns = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);

/** @typedef {{ readonly name: string, readonly durationMs: number }} Stage */

/**
 * The durations of a `Server-Timing` header, in its order. Metrics without `dur` are left out.
 *
 * @param {string} header e.g. `candidates;dur=0.41, score;desc="ranker";dur=0.2, total;dur=0.9`
 * @returns {Stage[]}
 */
export function parseServerTiming(header) {
  return header.split(',').flatMap((metric) => {
    const [name = '', ...parameters] = metric.split(';').map((part) => part.trim());
    const duration = parameters.find((parameter) => /^dur=/i.test(parameter));
    const durationMs = Number.parseFloat(duration?.slice('dur='.length) ?? '');
    return name !== '' && Number.isFinite(durationMs) ? [{ name, durationMs }] : [];
  });
}

/** What the edge and the way to it took, and where the edge spent it. */
export function createTiming() {
  const box = required('timing', HTMLElement);

  return {
    /**
     * @param {readonly Stage[]} stages
     * @param {number} roundTripMs
     */
    show(stages, roundTripMs) {
      const totalMs = stages.find((stage) => stage.name === 'total')?.durationMs ?? 0;
      const parts = totalMs > 0 ? withRest(stages, totalMs) : [];
      const known = totalMs > 0 || clockRuns;
      const figures = element('p', { class: 'figures' });
      if (known) figures.append(figure(totalMs > 0 ? milliseconds(totalMs) : 'under 1', 'at the edge'));
      figures.append(figure(milliseconds(roundTripMs), known ? 'round trip' : 'round trip; the edge kept no time'));
      box.replaceChildren(figures);
      if (parts.length > 0) box.append(bar(parts), legend(parts));
      box.hidden = false;
    },
    hide() {
      box.hidden = true;
    },
  };
}

/**
 * The stages in which the clock moved, without the total, and what of the total no stage accounts for.
 *
 * @param {readonly Stage[]} stages
 * @param {number} totalMs
 * @returns {Stage[]}
 */
function withRest(stages, totalMs) {
  const parts = stages.filter((stage) => stage.name !== 'total' && stage.durationMs > 0);
  const restMs = totalMs - parts.reduce((sum, stage) => sum + stage.durationMs, 0);
  return restMs >= 0.005 ? [...parts, { name: REST, durationMs: restMs }] : parts;
}

/**
 * @param {string} ms
 * @param {string} label
 */
function figure(ms, label) {
  return element('span', {}, element('strong', {}, `${ms} ms`), ` ${label}`);
}

/** @param {readonly Stage[]} parts */
function bar(parts) {
  const track = element('div', { class: 'bar', 'aria-hidden': 'true' });
  const totalMs = parts.reduce((sum, part) => sum + part.durationMs, 0);
  for (const part of parts) {
    const segment = element('span', kind(part));
    segment.style.flexGrow = String((100 * part.durationMs) / totalMs);
    track.append(segment);
  }
  return track;
}

/** @param {readonly Stage[]} parts */
function legend(parts) {
  const items = parts.map((part) => element('li', kind(part), `${part.name} ${milliseconds(part.durationMs)}`));
  return element('ul', { class: 'legend', 'aria-label': 'Milliseconds by stage' }, ...items);
}

/**
 * @param {Stage} part
 * @returns {Record<string, string>}
 */
function kind(part) {
  return part.name === REST ? { class: REST } : {};
}

/**
 * Two digits below ten, none above: 0.41, 9.5, 14. Whole ones stay whole: a clock gave them.
 *
 * @param {number} ms
 */
function milliseconds(ms) {
  if (ms >= 10 || Number.isInteger(ms)) return ms.toFixed(0);
  return ms >= 1 ? ms.toFixed(1) : ms.toFixed(2);
}
