import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Setting } from './setting.js';

/** Descriptors that the process has open; on Linux only, where `/proc` tells. */
export function openDescriptors(setting: Setting): void {
  if (process.platform !== 'linux') return;
  const update = () => {
    const open = countDescriptors();
    if (open !== undefined) gauge.set(setting.labels, open);
  };
  const collect = setting.forProcess(update, () => [gauge]);
  const gauge = setting.gauge('process_open_fds', 'Number of open file descriptors.', { collect });
}

/** Descriptors that the process may have; where `/proc` does not tell there is no such metric. */
export function maxDescriptors(setting: Setting): void {
  const max = descriptorLimit();
  if (max === undefined) return;
  const update = () => gauge.set(setting.labels, max);
  const collect = setting.forProcess(update, () => [gauge]);
  const gauge = setting.gauge('process_max_fds', 'Maximum number of open file descriptors.', {
    collect,
  });
}

/** From Linux 6.2 on the size of the directory is their number; before that it is 0 and they are listed. */
function countDescriptors(): number | undefined {
  try {
    const { size } = statSync('/proc/self/fd');
    // Less the one that reads the directory.
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1;
  } catch {
    // No /proc in this container, or no descriptor left to read it: the gauge keeps what it said.
    return undefined;
  }
}

/** The soft limit. Source: proc(5), `/proc/pid/limits`. */
function descriptorLimit(): number | undefined {
  let limits: string;
  try {
    limits = readFileSync('/proc/self/limits', 'latin1');
  } catch {
    // No /proc here: nobody knows.
    return undefined;
  }
  const found = /^Max open files +(\d+|unlimited)/m.exec(limits)?.[1];
  if (found === undefined) return undefined;
  return found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
}
