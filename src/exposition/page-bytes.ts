/** Part of its length by which a page is expected to outgrow the last one. */
const SPARE_PART = 1 / 64;
const SPARE_BYTES = 1024;

/** A page that is being put together, block by block. */
export class PageBytes {
  #bytes: Buffer;
  #length = 0;

  /** `expected`: how long the page will be, as far as can be told. */
  constructor(expected: number) {
    this.#bytes = allocate(expected);
  }

  /** What is written so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends a part of some text. */
  append(text: Buffer, begin: number, end: number): void {
    this.reserve(end - begin);
    this.put(text, begin, end);
  }

  /** Makes sure that so many bytes can be `put`. */
  reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = allocate(Math.max(needed, 2 * this.#length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** Appends a part of some text, for which there is room. */
  put(text: Buffer, begin: number, end: number): void {
    this.#length += text.copy(this.#bytes, this.#length, begin, end);
  }

  /** Copies what is written from `begin` on. */
  copyTo(target: Buffer, begin: number): void {
    this.#bytes.copy(target, 0, begin, this.#length);
  }

  /** The page, which nothing may be appended to any more. */
  finish(): Buffer {
    const page = this.#bytes.subarray(0, this.#length);
    // Whoever keeps the page keeps all its memory.
    return this.#length > this.#bytes.length / 2 ? page : Buffer.from(page);
  }
}

function allocate(expected: number): Buffer {
  return Buffer.allocUnsafeSlow(Math.ceil(expected * (1 + SPARE_PART)) + SPARE_BYTES);
}
