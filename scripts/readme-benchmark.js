// Puts the figures of the last `npm run bench -- update` into the README, so that none is
// copied by hand.

import { readFileSync, writeFileSync } from 'node:fs';

const readme = new URL('../README.md', import.meta.url);
const results = new URL('../bench/results/update.json', import.meta.url);

const SHOWN = [
  'counter.inc(labels)',
  "bound child's inc()",
  'gauge.set(labels, v)',
  'histogram.observe(labels, v)',
  'bound observe(v)',
];
const BEGIN = '<!-- benchmark -->\n';
const END = '<!-- end of benchmark -->\n';

const { machine, node, date, effort, plain } = JSON.parse(readFileSync(results, 'utf8'));

const rows = SHOWN.map((operation) => {
  const sides = plain[operation];
  const ratios = sides.mmap.map((own, round) => sides['prom-client'][round] / own);
  const cells = [
    digits(median(sides['prom-client'])),
    digits(median(sides.mmap)),
    digits(median(ratios)),
    digits(median(sides.file)),
  ];
  return `| \`${operation}\` | ${cells.join(' | ')} |`;
});
const table = `Cost of one update in nanoseconds, medians of ${effort.rounds} rounds. Labelled updates pass a new
object with three labels. ${machine}; Node.js ${node}; ${date}.

| | prom-client 15 | \`mmap\` | times faster | \`file\` |
|---|---:|---:|---:|---:|
${rows.join('\n')}

`;

const text = readFileSync(readme, 'utf8');
const begin = text.indexOf(BEGIN) + BEGIN.length;
const end = text.indexOf(END);
if (begin < BEGIN.length || end < begin)
  throw new Error('README.md has no place for the benchmark');
writeFileSync(readme, `${text.slice(0, begin)}\n${table}${text.slice(end)}`);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Two digits: more would be noise. */
function digits(number) {
  return String(Number(number.toPrecision(2)));
}
