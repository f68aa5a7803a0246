/**
 * The CPU time that workerd has used, in milliseconds: what the platform bills. Other work that wants the same cores makes
 * it grow less than the time on the clock, though caches are shared too. Undefined anywhere but on Linux.
 */
import { readdirSync, readFileSync } from 'node:fs';

/** The workerd process that this one started. */
export function findWorkerd(): number | undefined {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return children.map(Number).find((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd');
  } catch {
    return undefined;
  }
}

/** Of all threads of a process together. */
export function readCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  // nanoseconds on a core, nanoseconds waiting for one, turns
  const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
