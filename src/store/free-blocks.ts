import type { WritableChunk } from './writable-chunk.js';

/** A block of slots. */
export interface Block {
  readonly chunk: WritableChunk;
  readonly index: number;
}

/**
 * Blocks that removed series left, by width. Where a flush brings values before the
 * records that speak of them, a reader or a crash may see the one without the other: there
 * a block serves again when its series' removal was flushed.
 */
export class FreeBlocks {
  /** See `WritableMapping.flushes`. */
  readonly #flushes: () => number | undefined;
  readonly #free = new Map<number, Block[]>();
  #leaving: { readonly block: Block; readonly width: number }[] = [];
  /** Flushes when the last of `#leaving` was left. */
  #leftAt: number | undefined;

  constructor(flushes: () => number | undefined) {
    this.#flushes = flushes;
  }

  /** A block that is nobody's, if there is one. */
  take(width: number): Block | undefined {
    this.#freeFlushed();
    return this.#free.get(width)?.pop();
  }

  /** The removal of the block's series was just said. */
  leave(block: Block, width: number): void {
    const flushes = this.#flushes();
    if (flushes === undefined) {
      this.giveBack(block, width);
      return;
    }
    this.#freeFlushed();
    this.#leftAt = flushes;
    this.#leaving.push({ block, width });
  }

  /** For a block that no series had. */
  giveBack(block: Block, width: number): void {
    const blocks = this.#free.get(width);
    if (blocks === undefined) this.#free.set(width, [block]);
    else blocks.push(block);
  }

  #freeFlushed(): void {
    if (this.#leaving.length === 0 || this.#flushes() === this.#leftAt) return;
    const flushed = this.#leaving;
    this.#leaving = [];
    for (const { block, width } of flushed) this.giveBack(block, width);
  }
}
