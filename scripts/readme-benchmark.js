// Puts the figures of the last benchmarks into the README, and a plot beside it, so that
// none is copied by hand: of those named, or of all that have results.
//
//     node scripts/readme-benchmark.js [update] [scrape] [first] [peers]

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const README = new URL('../README.md', import.meta.url);
const RESULTS = new URL('../bench/results/', import.meta.url);
const PLOTS = new URL('../bench/plots/', import.meta.url);

const UPDATES = [
  'counter.inc(labels)',
  "bound child's inc()",
  'gauge.set(labels, v)',
  'histogram.observe(labels, v)',
  'bound observe(v)',
];

const SECTIONS = { update, scrape, first, peers };

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) throw new Error(`there is ${Object.keys(SECTIONS)}, not ${unknown}`);
const wanted = named.length > 0 ? named : Object.keys(SECTIONS).filter(hasResults);
const missing = wanted.filter((name) => !hasResults(name));
if (wanted.length === 0 || missing.length > 0)
  throw new Error(`no results: npm run bench -- ${missing.join(' ')}`);

let text = readFileSync(README, 'utf8');
for (const name of wanted) {
  const results = JSON.parse(readFileSync(new URL(`${name}.json`, RESULTS), 'utf8'));
  text = replaced(text, name, SECTIONS[name](results));
}
writeFileSync(README, text);
console.log(`README.md: ${wanted.join(', ')}`);

function hasResults(name) {
  return existsSync(new URL(`${name}.json`, RESULTS));
}

function replaced(readme, name, section) {
  const head = `<!-- benchmark: ${name} -->\n`;
  const begin = readme.indexOf(head) + head.length;
  const end = readme.indexOf(`<!-- end of benchmark: ${name} -->\n`);
  if (begin < head.length || end < begin) throw new Error(`README.md has no place for ${name}`);
  return `${readme.slice(0, begin)}\n${section}\n\n${readme.slice(end)}`;
}

function update({ effort, plain, ...facts }) {
  return `Cost of one update in nanoseconds, medians of ${effort.rounds} rounds. Labelled updates pass a new
object with three labels. ${where(facts)}

${table(
  ['', 'prom-client 15', '`mmap`', 'times faster', '`file`'],
  UPDATES.map((operation) => {
    const sides = plain[operation];
    return [
      `\`${operation}\``,
      digits(median(sides['prom-client'])),
      digits(median(sides.mmap)),
      digits(pairedRatio(sides['prom-client'], sides.mmap)),
      digits(median(sides.file)),
    ];
  }),
)}`;
}

function scrape({ workloads, ...facts }) {
  const rows = workloads.map(({ workload: { name, procs }, samples: { mmap, file }, equal }) => [
    `${name}: ${procs} processes, ${equal} lines`,
    digits(median(mmap.aggregate)),
    digits(median(mmap.changed)),
    digits(pairedRatio(mmap.aggregate, mmap.changed)),
    digits(median(mmap.tenth)),
    digits(median(mmap.unchanged)),
    digits(median(mmap.rested)),
    digits(median(file.changed)),
  ]);
  const rounds = Math.min(...workloads.map(({ samples }) => samples.mmap.changed.length));
  return `Milliseconds of one scrape, the page a Buffer ready to send, medians of ${rounds} rounds or more.
prom-client has the workers' messages at hand; our page before was released, as
[the handlers](#serving) do when it is sent. Other scrapes come right after one another: "after
a pause", in which other programs had the processor, caches are cold. ${where(facts)}

${table(
  [
    '',
    'prom-client 15',
    '`mmap`',
    'times faster',
    'a tenth changed',
    'nothing changed',
    'after a pause',
    '`file`',
  ],
  rows,
)}

${picture('scrape', 'Time of a scrape by workload, beside prom-client')}`;
}

function first({ effort, fresh, dead, ...facts }) {
  const rows = [
    ['64 processes: first scrape of a process', median(fresh.first)],
    ['64 processes: a steady scrape', median(fresh.steady)],
    [`8 processes, files of ${effort.dead} dead: first scrape of a process`, median(dead.first)],
  ];
  if (dead.python !== undefined) {
    rows.push([`the same, Python's client ${dead.python.version}`, median(dead.python.first)]);
  }
  rows.push(
    [`8 processes, ${effort.dead} dead and archived: a steady scrape`, median(dead.archived)],
    ['8 processes: a steady scrape', median(dead.liveOnly)],
  );
  return `Milliseconds, medians of ${effort.processes} fresh processes, without their start. ${where(facts)}

${table(
  ['', 'ms'],
  rows.map(([name, ms]) => [name, digits(ms)]),
)}`;
}

function peers({ effort, versions, rows, ...facts }) {
  const workloads = Object.keys(rows[0].ms);
  const clients = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Milliseconds of one scrape, medians of ${effort.rounds}; ${clients.join(', ')}. ${where(facts)}

${table(
  ['', ...workloads],
  rows.map(({ name, ms }) => [
    name,
    ...workloads.map((workload) => (ms[workload] ? digits(median(ms[workload])) : '')),
  ]),
)}`;
}

/** A plot that fits the reader's light or dark page; copies it from the results. */
function picture(name, description) {
  mkdirSync(PLOTS, { recursive: true });
  for (const theme of ['light', 'dark']) {
    const file = `${name}-${theme}.svg`;
    copyFileSync(new URL(file, RESULTS), new URL(file, PLOTS));
  }
  return `<picture>
  <source media="(prefers-color-scheme: dark)" srcset="bench/plots/${name}-dark.svg">
  <img src="bench/plots/${name}-light.svg" alt="${description}">
</picture>`;
}

function where({ machine, node, date }) {
  return `${machine}; Node.js ${node}; ${date}.`;
}

function table(head, rows) {
  const rule = ['|---', ...head.slice(1).map(() => '---:')].join('|');
  const line = (cells) => `| ${cells.join(' | ')} |`.replaceAll(/ {2}/g, ' ');
  return [line(head), `${rule}|`, ...rows.map(line)].join('\n');
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of the rounds' own ratios. */
function pairedRatio(theirs, own) {
  return median(theirs.map((sample, round) => sample / own[round]));
}

/** Two digits: more would be noise; no exponent. */
function digits(number) {
  return String(Number(number.toPrecision(2)));
}
