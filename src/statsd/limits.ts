/** Bounds of the statsd listener: whoever reaches its port can send anything. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of one line: what DogStatsD clients put into one datagram. Longer ones are not counted. */
export const MAX_LINE_BYTES = 8 * KIB;

/** Labels of one line, those of mapping rules not counted. A line with more is not counted. */
export const MAX_TAGS = 64;

/**
 * Names of metrics, each counted once for every set of label names that it comes with: more
 * than applications have. Lines of further ones are not counted.
 */
export const MAX_METRICS = 10_000;

/**
 * Series of all metrics together, and characters of their label values. Beyond either, as
 * beyond the series of one metric, further ones count as one: sums stay right.
 */
export const MAX_SERIES = 200_000;
export const MAX_LABEL_CHARS = 64 * MIB;

/** Characters of lines' beginnings of which is known which series they are. At it all are forgotten. */
export const MAX_KNOWN_CHARS = 8 * MIB;
/** Characters that one of them counts for besides its own: what it takes of memory. */
export const KNOWN_OVERHEAD_CHARS = 100;

/** TCP connections at once. Further ones are closed. */
export const MAX_CONNECTIONS = 512;

/** Milliseconds of silence after which a TCP connection is closed. Clients connect again. */
export const IDLE_MS = 10 * 60_000;

/** Bytes that the kernel is asked to keep of datagrams that were not read yet: a burst of some ten thousand. */
export const RECEIVE_BUFFER_BYTES = 4 * MIB;

/** Milliseconds that the end waits at most for what the kernel has already received. */
export const DRAIN_MS = 1_000;

/** Ports that the system gives for TCP of which is tried whether UDP has them free too. */
export const MAX_PORT_ATTEMPTS = 16;

/** Bytes of a mapping file, and its rules: far more than people write, and soon read. */
export const MAX_MAPPING_BYTES = 4 * MIB;
export const MAX_RULES = 10_000;

/** Parts of a rule's pattern, and of a name that rules are tried on. Longer names fit no rule. */
export const MAX_NAME_PARTS = 64;

/** Greatest `scale` of a rule, and one over the least: sums of what is scaled stay finite. */
export const MAX_SCALE = 1e12;
