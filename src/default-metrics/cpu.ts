import type { Setting } from './setting.js';

const MICROSECONDS = 1e6;

/** CPU time of the process since the first call in it. Counters: it outlives the process. */
export function cpu(setting: Setting): void {
  const { labels, speaker } = setting;
  const share = speaker.openCpuShare();
  const update = () => {
    const drawn = speaker.drawCpu(share);
    user.inc(labels, drawn.user / MICROSECONDS);
    system.inc(labels, drawn.system / MICROSECONDS);
    both.inc(labels, (drawn.user + drawn.system) / MICROSECONDS);
  };
  const user = setting.counter(
    'process_cpu_user_seconds_total',
    'Total user CPU time spent in seconds.',
    setting.forProcess(update, () => []),
  );
  const system = setting.counter(
    'process_cpu_system_seconds_total',
    'Total system CPU time spent in seconds.',
  );
  const both = setting.counter(
    'process_cpu_seconds_total',
    'Total user and system CPU time spent in seconds.',
  );
}
