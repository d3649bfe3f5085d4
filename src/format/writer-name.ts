import { MAX_WRITER_NAME_BYTES } from '../limits.js';

/**
 * No control characters; no `#`, behind which a page numbers writers of one name; and
 * nothing that UTF-8 cannot hold, of which U+FFFD is what decoding leaves.
 */
const WRITER_NAME = /^[^\p{Cc}\p{Cs}#\ufffd]+$/u;

/** What a name must be, for messages. */
export const WRITER_NAME_RULE = `it can be text of 1 to ${MAX_WRITER_NAME_BYTES} bytes without control characters and "#"`;

/** Whether a writer may have this stable name. */
export function isWriterName(name: string): boolean {
  return WRITER_NAME.test(name) && Buffer.byteLength(name) <= MAX_WRITER_NAME_BYTES;
}
