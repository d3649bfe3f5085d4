import type { Content } from './dashboard.js';
import { ranking, timeline } from './panels.js';
import { TARGET } from './variables.js';

const OWN = 'prom_multiproc_';

export const store: Content = {
  title: 'prom-multiproc / Store',
  description: 'The directory of files and the pages that are made of it.',
  choices: ['job', 'instance'],
  rows: [
    {
      title: 'Writers',
      panels: [
        timeline({
          title: 'Processes and threads by state',
          description:
            'Hidden are those that are marked or silent and not known to be dead; the dead are folded into the archive soon.',
          unit: 'short',
          queries: [[`sum by (state) (${OWN}writers{${TARGET}})`, '{{state}}']],
        }),
        timeline({
          title: 'Churn',
          description:
            'Scrapes within 15 minutes at which the youngest process or thread was another one.',
          unit: 'short',
          queries: [
            [`changes(${OWN}newest_writer_start_time_seconds{${TARGET}}[15m])`, '{{instance}}'],
          ],
        }),
        timeline({
          title: 'Age of the youngest',
          unit: 's',
          queries: [
            [
              `time() - (${OWN}newest_writer_start_time_seconds{${TARGET}} > 0)`,
              '{{instance}} youngest',
            ],
            [`time() - process_start_time_seconds{${TARGET}}`, '{{instance}} application'],
          ],
        }),
      ],
    },
    {
      title: 'Pages',
      panels: [
        timeline({
          title: 'Time for a page',
          description:
            'To read and merge, as the application says; to answer, as Prometheus has seen it.',
          unit: 's',
          queries: [
            [`${OWN}collect_duration_seconds{${TARGET}}`, '{{instance}} to merge'],
            [`scrape_duration_seconds{${TARGET}}`, '{{instance}} to answer'],
          ],
        }),
        timeline({
          title: 'Series on a page',
          unit: 'short',
          queries: [
            [`${OWN}series{${TARGET}}`, '{{instance}} series'],
            [`scrape_samples_scraped{${TARGET}}`, '{{instance}} samples'],
          ],
        }),
      ],
    },
    {
      title: 'Files',
      panels: [
        timeline({
          title: 'Bytes of files',
          unit: 'bytes',
          stacked: true,
          queries: [[`sum by (kind) (${OWN}file_bytes{${TARGET}})`, '{{kind}}']],
        }),
        timeline({
          title: 'Bytes of one writer, mean',
          unit: 'bytes',
          queries: [
            [
              `sum by (instance) (${OWN}file_bytes{${TARGET},kind="writer"}) / sum by (instance) (${OWN}writers{${TARGET}})`,
              '{{instance}}',
            ],
          ],
        }),
      ],
    },
    {
      title: 'Trouble',
      panels: [
        timeline({
          title: 'Errors so far, by reason',
          description: 'Nothing is here until there was one.',
          unit: 'short',
          queries: [[`sum by (reason) (${OWN}errors_total{${TARGET}})`, '{{reason}}']],
        }),
        timeline({
          title: 'Files skipped, and conflicts',
          unit: 'short',
          queries: [
            [`sum(${OWN}files_skipped{${TARGET}})`, 'files skipped'],
            [`sum by (reason) (${OWN}conflicts{${TARGET}})`, 'conflict of {{reason}}'],
          ],
        }),
        ranking({
          title: 'Versions and backends',
          by: ['job', 'version', 'backend'],
          columns: [
            {
              name: 'Instances',
              unit: 'short',
              expr: `count by (job, version, backend) (${OWN}info{${TARGET}})`,
            },
          ],
        }),
      ],
    },
  ],
};
