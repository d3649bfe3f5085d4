import { readFileSync } from 'node:fs';
import type { Setting } from './setting.js';

const KIB = 1024;
const RESIDENT = ['process_resident_memory_bytes', 'Resident memory size in bytes.'] as const;

/** Memory as the system counts it: of the process, not of a thread. */
export function processMemory(setting: Setting): void {
  if (process.platform === 'linux') linuxMemory(setting);
  else residentMemory(setting);
}

function linuxMemory(setting: Setting): void {
  const { labels } = setting;
  const update = () => {
    const status = readStatus();
    if (status === undefined) return;
    for (const [field, gauge] of [
      [/^VmRSS:\s+(\d+) kB$/m, resident],
      [/^VmSize:\s+(\d+) kB$/m, virtual],
      [/^VmData:\s+(\d+) kB$/m, heap],
    ] as const) {
      const kibibytes = field.exec(status)?.[1];
      if (kibibytes !== undefined) gauge.set(labels, Number(kibibytes) * KIB);
    }
  };
  const collect = setting.forProcess(update, () => [resident, virtual, heap]);
  const resident = setting.gauge(...RESIDENT, { collect });
  const virtual = setting.gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.');
  const heap = setting.gauge('process_heap_bytes', 'Process heap size in bytes.');
}

function residentMemory(setting: Setting): void {
  const update = () => resident.set(setting.labels, process.memoryUsage.rss());
  const collect = setting.forProcess(update, () => [resident]);
  const resident = setting.gauge(...RESIDENT, { collect });
}

/** See proc(5), `/proc/pid/status`. */
function readStatus(): string | undefined {
  try {
    return readFileSync('/proc/self/status', 'latin1');
  } catch {
    // No /proc in this container: the gauges say nothing, as in prom-client.
    return undefined;
  }
}
