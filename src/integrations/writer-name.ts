import { threadState } from '../state.js';

/**
 * Calls the writer of this thread by a stable name: series of gauges of the modes `all` and
 * `liveall` have it as value of the label `pid`, in place of the process id. Comes before
 * `PROMETHEUS_MULTIPROC_WRITER_NAME`, and may be called at any time. A name is for people to
 * read: nothing is told by it, and two writers may have the same. Threads that are started
 * after the call are called so too, with `-` and their number.
 *
 * @param name 1 to 127 bytes, without control characters and `#`
 * @throws TypeError when it is not
 */
export function setWriterName(name: string): void {
  threadState().rename(name);
}
