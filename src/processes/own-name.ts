import cluster from 'node:cluster';
import { getEnvironmentData, setEnvironmentData, threadId } from 'node:worker_threads';
import { isWriterName, WRITER_NAME_RULE } from '../format/writer-name.js';

export const WRITER_NAME_VARIABLE = 'PROMETHEUS_MULTIPROC_WRITER_NAME';

/** Under which a thread finds what its parent is called. Bump it when two versions could not share it. */
const INHERITED_KEY = 'prom-multiproc/writer-name/1';

/** Parts of a name that the process fills in. */
const WORKER_ID_PART = 'cluster.worker.id';
const PART = /\{(cluster\.worker\.id|[A-Za-z_]\w*)\}/g;

/** The stable name of this thread's writer; empty for none. */
export class OwnName {
  #value: string;

  /**
   * What the environment says. A worker thread is called as its parent is, and its number,
   * so that no two threads of a process share a name.
   */
  constructor(env: NodeJS.ProcessEnv, warn: (message: string) => void) {
    const inherited = getEnvironmentData(INHERITED_KEY);
    const given = typeof inherited === 'string' ? inherited : nameFrom(env, cluster.worker?.id);
    const name = given === '' || threadId === 0 ? given : `${given}-${threadId}`;
    this.#value = isWriterName(name) ? name : '';
    if (this.#value !== name) {
      warn(
        `${WRITER_NAME_VARIABLE} gives "${name}"; ${WRITER_NAME_RULE}. The pid is shown instead`,
      );
    } else if (name !== '') setEnvironmentData(INHERITED_KEY, name);
  }

  get value(): string {
    return this.#value;
  }

  /** Threads that start from now on inherit it. @throws TypeError when no writer can be called so */
  set(name: string): void {
    if (typeof name !== 'string' || !isWriterName(name)) {
      throw new TypeError(`Invalid writer name ${JSON.stringify(name)}: ${WRITER_NAME_RULE}`);
    }
    this.#value = name;
    setEnvironmentData(INHERITED_KEY, name);
  }
}

/**
 * The name that the environment gives a process: its text, with `{cluster.worker.id}`, and
 * `{VARIABLE}` for any variable, filled in. Empty where one of them is not there.
 */
export function nameFrom(env: NodeJS.ProcessEnv, workerId: number | undefined): string {
  let whole = true;
  const name = (env[WRITER_NAME_VARIABLE] ?? '').replaceAll(PART, (_, part: string) => {
    const value = part === WORKER_ID_PART ? workerId : env[part];
    whole &&= value !== undefined && value !== '';
    return String(value);
  });
  return whole ? name : '';
}
