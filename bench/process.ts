/** What the workerd process has used, as Linux tells it. */
import { readdirSync, readFileSync } from 'node:fs';

/** The workerd processes that this one started; none anywhere but on Linux. */
export function findWorkerds(): number[] {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
    return children.map(Number).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd');
  } catch {
    return [];
  }
}

/**
 * CPU time of all threads of a process together, in milliseconds: what the platform bills. Other work that wants the same cores
 * makes it grow less than the time on the clock, though caches are shared too.
 */
export function readCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  // nanoseconds on a core, nanoseconds waiting for one, turns
  const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** Memory that a process has in RAM, in megabytes. */
export function readResidentMb(pid: number): number {
  const kilobytes = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}
