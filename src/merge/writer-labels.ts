import type { MergeSource } from './source.js';

/** What the writers of a merge are called where each is shown. */
export interface WriterLabels {
  /** Value of the label `pid`; undefined for a source whose series have it already. */
  of(source: MergeSource): string | undefined;
  /** Live writers that do not have the name that they were given, since an older one has it. */
  readonly shared: number;
}

/** Between a name that several have and a writer's number. No name has it. */
const NUMBER_SIGN = '#';

/**
 * Gives every writer the label that it asks for. Of live ones that ask for the same the
 * oldest has it, and the others have a number behind it, from 2 on: none hides another.
 * The dead keep theirs; under it, whoever lives comes before them.
 */
export function writerLabels(sources: readonly MergeSource[]): WriterLabels {
  const holders = new Map<string, MergeSource[]>();
  const numbered = new Map<MergeSource, string>();
  const live = sources.filter((source) => source.live);
  let shared = 0;
  for (const source of live.sort((a, b) => a.createdMs - b.createdMs)) {
    const { writerLabel } = source;
    if (writerLabel === undefined) continue;
    const others = holders.get(writerLabel);
    if (others === undefined) {
      holders.set(writerLabel, [source]);
      continue;
    }
    // A writer is two sources where part of its values is in memory.
    const known = others.findIndex(({ writerId }) => writerId === source.writerId);
    const at = known === -1 ? others.push(source) - 1 : known;
    if (at > 0) numbered.set(source, `${writerLabel}${NUMBER_SIGN}${at + 1}`);
    if (known === -1) shared++;
  }
  return { of: (source) => numbered.get(source) ?? source.writerLabel, shared };
}

/**
 * Orders writers so that of those with one label the last counts: what an archive holds
 * comes first, then the dead as they ended, then who lives.
 */
export function byEnd(a: MergeSource, b: MergeSource): number {
  return stage(a) - stage(b) || a.aliveMs - b.aliveMs || a.createdMs - b.createdMs;
}

function stage({ writerLabel, live }: MergeSource): number {
  if (writerLabel === undefined) return 0;
  return live ? 2 : 1;
}
