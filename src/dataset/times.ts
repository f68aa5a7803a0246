import type { Dataset } from './dataset.ts';

/**
 * Whether the times of different users compare. They do not where there are none, or where they count from each user's own
 * beginning: then every user starts at the same moment, 0.
 */
export function hasAbsoluteTimes({ users, start, atMs }: Dataset): boolean {
  return atMs.every((at) => !Number.isNaN(at)) && users.some((_, user) => atMs[start[user]!] !== 0);
}
