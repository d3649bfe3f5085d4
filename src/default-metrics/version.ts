import type { Setting } from './setting.js';

/** The version of Node.js: one series for each that runs. */
export function version(setting: Setting): void {
  const [major, minor, patch] = process.version.slice(1).split('.').map(Number);
  const labels = { version: process.version, major, minor, patch, ...setting.labels };
  const gauge = setting.gauge('nodejs_version_info', 'Node.js version info.', {
    ownLabels: ['version', 'major', 'minor', 'patch'],
    aggregator: 'first',
    collect: () => gauge.set(labels, 1),
  });
}
