import { SLOT_BYTES } from '../format/layout.js';
import { type Block, FreeBlocks } from './free-blocks.js';
import type { SlotHolder } from './slots.js';
import { type WritableChunk, zeroValues } from './writable-chunk.js';

export interface AreaOptions {
  /** See `WritableMapping.flushes`. */
  readonly flushes: () => number | undefined;
  /** Adds a chunk of at least `need` bytes to the file. @throws MappingError | CapacityError */
  readonly extend: (need: number) => WritableChunk;
  /** Called before a block serves again. */
  readonly announceReuse: () => void;
}

/** The chunks of one kind in a writer's file, and which blocks of slots in them are free. */
export class BlockArea {
  readonly #options: AreaOptions;
  readonly #free: FreeBlocks;
  readonly #chunks: WritableChunk[] = [];

  constructor(options: AreaOptions) {
    this.#options = options;
    this.#free = new FreeBlocks(options.flushes);
  }

  /** New blocks come from this chunk. */
  add(chunk: WritableChunk): void {
    this.#chunks.push(chunk);
  }

  /** A block that is nobody's. @throws MappingError | CapacityError */
  allocate(width: number): Block {
    const reused = this.#free.take(width);
    if (reused !== undefined) {
      this.#options.announceReuse();
      return reused;
    }
    const bytes = width * SLOT_BYTES;
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.used + bytes > chunk.bytes.length) {
      chunk = this.#options.extend(bytes);
      this.#chunks.push(chunk);
    }
    const index = chunk.used / SLOT_BYTES;
    chunk.used += bytes;
    return { chunk, index };
  }

  /** For a block that was allocated and that no reader knows of. */
  giveBack(block: Block, width: number): void {
    this.#free.giveBack(block, width);
  }

  /** The removal of the block's series was just said. */
  leaveBlock(block: Block, width: number): void {
    this.#free.leave(block, width);
  }

  /** The same, for the block that a holder points at. */
  leave(holder: SlotHolder, width: number): void {
    const chunk = this.#chunks.find(({ values }) => values === holder.values);
    if (chunk !== undefined) this.leaveBlock({ chunk, index: holder.index }, width);
  }

  /** Zeroes all blocks. */
  empty(): void {
    for (const chunk of this.#chunks) zeroValues(chunk);
  }
}
