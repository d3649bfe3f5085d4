/** The part of the untyped package tdigest that is used here. */
declare module 'tdigest' {
  export class TDigest {
    constructor(delta?: number | false, k?: number, cx?: number);
    push(x: number | readonly number[], n?: number): void;
    compress(): void;
    percentile(p: number): number | undefined;
    percentile(ps: readonly number[]): (number | undefined)[];
    reset(): void;
    size(): number;
  }
}
