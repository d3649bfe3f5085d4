import { type RecordedProcess, Recorder } from '../support/recorder.js';
import type { Workload } from '../workloads.js';
import { application } from './application.js';

/** What the processes of a workload have after so many turns: the live ones, then the dead, which had one. */
export function record(workload: Workload, turns: number): RecordedProcess[] {
  const { procs, dead = 0 } = workload;
  return Array.from({ length: procs + dead }, (_, proc) => {
    const live = proc < procs;
    const recorder = new Recorder();
    const { change } = application(recorder.client, workload, proc);
    for (let turn = 0; turn < (live ? turns : 1); turn++) change(turn);
    return { live, metrics: recorder.metrics };
  });
}
