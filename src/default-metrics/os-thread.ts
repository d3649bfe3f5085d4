import { existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** The system's number of the calling thread; 0 where there is no way to know it. */
export function osThread(): number {
  try {
    // A synchronous call runs in the thread that makes it.
    return Number(path.basename(readlinkSync('/proc/thread-self'))) || 0;
  } catch {
    // Not Linux, or no /proc: whether a thread runs is then told by what it says.
    return 0;
  }
}

/** Whether a thread of this process is known to run. */
export function osThreadRuns(id: number): boolean {
  return id !== 0 && existsSync(`/proc/self/task/${id}`);
}
