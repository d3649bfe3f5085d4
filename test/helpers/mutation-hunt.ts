// What is asked of a reader of a changed file:
//
// - it reads the file or refuses it with a FileFormatError that names it, and fails in no
//   other way, be the file changed before it is opened or under a reader that has it open;
// - it reads nothing outside of the file, and holds no more metrics and series than its
//   bytes have room for;
// - what it has read can be merged with other files and rendered: the page keeps to the
//   format, no sample is there twice, and those of a good file are as they were;
// - it changes nothing.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { FileFormatError } from '../../src/errors.js';
import { FORMATS } from '../../src/exposition/formats.js';
import { PageRenderer } from '../../src/exposition/page.js';
import { EXEMPLAR_SLOTS } from '../../src/format/exemplars.js';
import { planMerge } from '../../src/merge/plan.js';
import { type StoredMetric, slotsPerSeries } from '../../src/model/metric.js';
import { FileSource } from '../../src/processes/file-source.js';
import { Reader } from '../../src/store/reader.js';
import { RecordCatalog } from '../../src/store/record-catalog.js';
import { Writer } from '../../src/store/writer.js';
import { MutableFile } from './mutable-file.js';
import { type Anatomy, anatomyOf, mutate, randomOf } from './mutations.js';
import { SnapshotMapping } from './snapshots.js';
import { descriptor, IDENTITY, newHolder } from './writers.js';

const GOLDEN = new URL('../../../test/golden/v1/', import.meta.url);

/** Bytes of the shortest record. */
const MIN_RECORD_BYTES = 16;

/** Of how many files that are read one is merged and rendered: that costs more than all the rest. */
const RENDERED_SHARE = 8;
/** Of how many of these one is rendered with this family, which is nearly all of its page. */
const WIDE_SHARE = 200;
const WIDE_NAME = 'wide';

/** The golden files. */
export const GOLDEN_NAMES = ['writer', 'archive', 'exemplars', 'named'] as const;
export type GoldenName = (typeof GOLDEN_NAMES)[number];

export interface Tally {
  read: number;
  refused: number;
  rendered: number;
}

/** A golden file, and what becomes of it when it is changed. */
export class MutationHunt {
  readonly tally: Tally = { read: 0, refused: 0, rendered: 0 };
  readonly length: number;
  readonly #original: Uint8Array;
  readonly #anatomy: Anatomy;
  readonly #file: MutableFile;
  readonly #good = goodSource();
  /** Of all the changed files: what one of them is taken for must not show in another. */
  readonly #catalog = new RecordCatalog();

  constructor(name: GoldenName) {
    this.#original = new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.pmp.gz`, GOLDEN))));
    this.length = this.#original.length;
    this.#anatomy = anatomyOf(this.#original);
    this.#file = new MutableFile(`golden-${name}.pmp`, this.#original);
    this.#read(new FileSource(new Reader(this.#file.open(), this.#catalog)), true);
    this.#file.keepExtents();
  }

  /** Changes the file in the way of this seed. @throws Error that says what a reader did wrong */
  mutate(seed: number): void {
    const random = randomOf(seed);
    const open = random(4) === 0 ? this.#openBefore() : undefined;
    const how = mutate(this.#file, this.#anatomy, random);
    this.#check(`${this.#file.path}, seed ${seed}: ${how}`, open, random(RENDERED_SHARE) === 0);
  }

  /** Cuts the file off. @throws Error that says what a reader did wrong */
  truncate(size: number, open: boolean): void {
    const before = open ? this.#openBefore() : undefined;
    this.#file.truncate(size);
    this.#check(`${this.#file.path}, cut off at ${size}`, before, true);
  }

  /** @throws Error when a reader has changed the file */
  end(): void {
    if (!this.#file.holds(this.#original)) throw new Error(`${this.#file.path} was changed`);
  }

  #openBefore(): FileSource {
    const source = new FileSource(new Reader(this.#file.open(), this.#catalog));
    source.update();
    return source;
  }

  #check(what: string, open: FileSource | undefined, render: boolean): void {
    try {
      this.#read(open ?? new FileSource(new Reader(this.#file.open(), this.#catalog)), render);
      this.tally.read++;
    } catch (error) {
      const { path } = this.#file;
      const refused = error instanceof FileFormatError && error.path === path;
      if (!refused || !error.message.startsWith(`${path}: `)) {
        throw new Error(`${what}: ${error}`, { cause: error });
      }
      this.tally.refused++;
    } finally {
      this.#file.restore();
    }
  }

  #read(source: FileSource, render: boolean): void {
    const { reader } = source;
    source.update();
    const { metrics, series } = source.contents;
    const held = metrics.length + series.length + reader.absorbed.size;
    if (held > this.#file.size / MIN_RECORD_BYTES) throw new Error(`${held} things were read`);
    for (const { metric, slot, exemplarSlots = [] } of series) {
      requireWithin(source, slot, slotsPerSeries(metric));
      for (const entry of exemplarSlots) {
        if (entry !== undefined) requireWithin(source, entry, EXEMPLAR_SLOTS);
      }
    }
    void [reader.state, reader.mark, reader.heartbeatMs, reader.superseded, reader.slotsMoved];
    if (render) this.#render(source);
  }

  #render(source: FileSource): void {
    this.tally.rendered++;
    const wide = this.tally.rendered % WIDE_SHARE === 0;
    const select = ({ name, defaultLabels }: StoredMetric) =>
      name === WIDE_NAME && !wide ? undefined : defaultLabels;
    const plan = planMerge([this.#good, source], () => select);
    plan.run();
    for (const format of [FORMATS.text, FORMATS.openmetrics]) {
      const page = new PageRenderer(format).render(plan.families).toString();
      const fault = faultOf(page);
      if (fault !== undefined) throw new Error(`the page has ${fault}`);
      if (!page.includes('good_total{l="a"} 1000\n'))
        throw new Error('the good file is not served');
    }
  }
}

function requireWithin(source: FileSource, slot: number, width: number): void {
  const { extent, index } = source.contents.place(slot);
  if (!(index >= 0 && index + width <= source.extent(extent).length)) {
    throw new Error(`the block at slot ${slot} goes beyond its chunk`);
  }
}

/** A file of a name that no golden file uses. */
function goodSource(): FileSource {
  const mapping = new SnapshotMapping();
  const writer = new Writer(mapping, IDENTITY);
  const id = writer.defineMetric(descriptor({ name: 'good_total', labelNames: ['l'] }));
  writer.addSeries(id, ['a'], 1, newHolder(), [1000]);
  const source = new FileSource(new Reader(mapping.reader()));
  source.update();
  return source;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const NUMBER = '(?:NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)';
const EXEMPLAR = ` # \\{(?:${LABEL}(?:,${LABEL})*)?\\} ${NUMBER} ${NUMBER}`;
const LINE = new RegExp(
  `^(?:# (?:HELP ${NAME} [^\\n]*|TYPE ${NAME} \\w+|EOF)|(${NAME}(?:\\{${LABEL}(?:,${LABEL})*\\})?) ${NUMBER}(?:${EXEMPLAR})?)$`,
);

/**
 * The first line of a page that no parser would take, or that says the same as another of
 * its family: a summary `x` and a gauge `x_sum` are an application's own mistake, which a
 * page shows as it is.
 */
function faultOf(page: string): string | undefined {
  const samples = new Set<string>();
  for (const line of page.split('\n').slice(0, -1)) {
    const match = LINE.exec(line);
    if (match === null) return `the line ${JSON.stringify(line.slice(0, 200))}`;
    const [, sample] = match;
    if (line.startsWith('# TYPE ')) samples.clear();
    if (sample === undefined) continue;
    if (samples.has(sample)) return `${sample.slice(0, 200)} twice`;
    const names = [...sample.matchAll(/([a-zA-Z0-9_]+)="(?:[^"\\]|\\.)*"/g)].map(
      ([, name]) => name,
    );
    if (new Set(names).size < names.length)
      return `two labels of one name in ${sample.slice(0, 200)}`;
    samples.add(sample);
  }
  return undefined;
}
