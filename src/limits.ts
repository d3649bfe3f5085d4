/**
 * Every bound of the library, with its unit and its reason. What happens at a
 * bound is said beside it. Bounds that a user may set are options elsewhere and
 * take their default from here.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Smallest piece by which a file grows. A multiple of every page size in use (4, 16 and 64 KiB). */
export const CHUNK_ALIGN_BYTES = 64 * KIB;

/** Chunks double with the file up to this size, so that a large file stays a short list of mappings. */
export const MAX_CHUNK_BYTES = 4 * MIB;

/** Bytes one writer's file may have. At it, new series of that writer are kept in memory and not published. */
export const MAX_FILE_BYTES = 1024 * MIB;

/** Bytes of one record: a series with all its label values, or a metric with all its buckets. */
export const MAX_RECORD_BYTES = 16 * MIB;

/** Bytes of records that a reader takes at once: more than most files have, and soon read. */
export const RECORD_PIECE_BYTES = 1 * MIB;

/** Bytes that are read at once of a file that no longer changes: the values of most such files are in them. */
export const FINAL_READ_BYTES = 16 * KIB;

/** Bytes of memory in which copies of such files lie together. */
export const FINAL_PIECE_BYTES = 1 * MIB;

/** Bytes of records that a collector keeps to know them again in other files. */
export const MAX_CATALOG_BYTES = 8 * MIB;

/**
 * Slots of all writers together from which on they are copied to where they can be added by
 * instructions for several numbers: with fewer that saves a few microseconds of a scrape,
 * and V8 reserves gigabytes of addresses for each such memory.
 */
export const MIN_SLOTS_IN_MEMORY = 64 * KIB;

/** Label names of one metric: a record counts them in 16 bits. */
export const MAX_LABEL_NAMES = 0xffff;

/**
 * Series that one metric may have in one thread, unless said otherwise: far more than
 * Prometheus likes, and few enough for the memory of the process. What comes after counts
 * as one series.
 */
export const MAX_SERIES_PER_METRIC = 100_000;

/** Characters of one label value, in UTF-16 units. A label value is a word; longer ones are cut. */
export const MAX_LABEL_VALUE_CHARS = 256 * KIB;

/**
 * Removed series whose records a file keeps at least before it is made anew without them,
 * and how many of them to one that is there: making a file costs what its series cost.
 */
export const MIN_GONE_SERIES = 5_000;
export const GONE_PER_LIVE_SERIES = 3;

/**
 * Characters of names and values of one exemplar's labels together, in UTF-16 units:
 * OpenMetrics' limit, as prom-client counts. More is a `RangeError` for whoever gives them.
 */
export const MAX_EXEMPLAR_CHARS = 128;

/**
 * Exemplars of one file: 16 MiB, and more than a Prometheus server keeps of one target. At
 * it series and buckets that have none yet get none, and an archive keeps the newest.
 */
export const MAX_EXEMPLARS = 40_000;

/**
 * Times that an exemplar is read again that is written meanwhile. One that is never at
 * rest, since its writer died writing it, is left out.
 */
export const MAX_EXEMPLAR_READS = 64;

/** Bytes of the host name kept in a header; longer names are cut, since they are only compared for equality. */
export const MAX_HOST_BYTES = 63;

/** Bytes of a writer's stable name: a word for people, as long as its place in a header. Longer ones are refused. */
export const MAX_WRITER_NAME_BYTES = 127;

/**
 * Milliseconds between two heartbeats of a writer. A wiped directory or a full disk that
 * has room again is noticed within one. Default of `PROMETHEUS_MULTIPROC_HEARTBEAT_MS`.
 */
export const HEARTBEAT_MS = 2_000;

/** Shortest heartbeat that may be set, in milliseconds: each costs a system call or a few. */
export const MIN_HEARTBEAT_MS = 10;

/**
 * Milliseconds for which a directory's date of change has stood still when a listing of it
 * serves until that date is another. Twice the coarsest dates, whole seconds, of the file
 * systems on which it does (ext4 with small inodes).
 */
export const DIRECTORY_REST_MS = 2_000;

/**
 * Age in milliseconds at which a writer whose death cannot be decided in any
 * better way (another host, another pid namespace without a lock) no longer
 * shows live gauges. Thirty heartbeats, so that a long pause is not a death. Default of
 * `PROMETHEUS_MULTIPROC_STALE_AFTER_MS`, which can be up to `ABSORB_AFTER_MS`.
 */
export const STALE_AFTER_MS = 60_000;

/**
 * Age in milliseconds at which a writer that is only silent is taken for dead for good,
 * and absorbed: a day, since what it would still count after that begins at zero.
 */
export const ABSORB_AFTER_MS = 24 * 60 * 60_000;

/**
 * Milliseconds without a heartbeat after which a writer that has said that it ends is
 * believed where nothing else can tell: its last listeners may still count.
 */
export const CLOSED_GRACE_MS = 10_000;

/** Longest heartbeat that may be set, in milliseconds: a writer that ends is still within its grace. */
export const MAX_HEARTBEAT_MS = CLOSED_GRACE_MS / 2;

/** Shortest silence, in milliseconds, that may be set to hide a writer: two heartbeats of the longest. */
export const MIN_STALE_AFTER_MS = 2 * MAX_HEARTBEAT_MS;

/**
 * Processes of which a collector keeps a descriptor to see at once that they run: more than
 * a machine has workers, and few beside the descriptors of a server. Further ones are
 * looked up at every page, which takes ten times as long.
 */
export const MAX_WATCHED_PROCESSES = 256;

/** Series of one gauge of mode `all` that an archive keeps of dead writers: the last to end. */
export const MAX_ARCHIVED_ALL_SERIES = 1_000;

/** Milliseconds for which an archive keeps the series of a dead writer of a gauge of mode `all`: a week. */
export const ARCHIVED_ALL_MAX_AGE_MS = 7 * 24 * 60 * 60_000;

/** Dead writers that one compaction folds at most, so that it blocks the event loop for milliseconds. */
export const MAX_ABSORBED_AT_ONCE = 64;

/** Milliseconds between the begins of two compactions that a process does of its own accord. */
export const COMPACT_INTERVAL_MS = 1_000;

/** Milliseconds after which the lock of a compactor that gives no sign of life is taken over. */
export const COMPACT_LOCK_STALE_MS = 10_000;

/** Milliseconds after which a file that never got its final name is removed: its maker died making it. */
export const UNFINISHED_FILE_AGE_MS = 60_000;

/** Milliseconds that one `collect` callback may take before the page is made without its update. */
export const COLLECT_CALLBACK_TIMEOUT_MS = 5_000;

/**
 * Milliseconds for which making a page keeps the event loop waiting in one go, but for the
 * step it is in: larger pages are made in slices.
 */
export const MAX_SLICE_MS = 2;

/**
 * Mean milliseconds between two rounds in which a process brings its computed metrics up
 * to date for the pages of others: a third of the usual scrape interval. Default of
 * `PROMETHEUS_MULTIPROC_SAMPLE_MS`.
 */
export const SAMPLE_MS = 5_000;

/** Shortest time between two rounds that may be set, in milliseconds: each runs every callback. */
export const MIN_SAMPLE_MS = 10;

/** Longest time between two rounds that may be set, in milliseconds: an hour. Longer ones serve no page. */
export const MAX_SAMPLE_MS = 60 * 60_000;

/**
 * Milliseconds in which worker threads whose parent did not load the library find out which
 * of them speaks for the process: a message there and back, also where one is busy.
 */
export const SETTLE_THREADS_MS = 1_000;

/**
 * Milliseconds for which event loop delays are remembered where others may make the page:
 * the usual scrape interval at most, so that a delay is on at least one page.
 */
export const EVENT_LOOP_WINDOW_MS = 60_000;

/**
 * Times that a collector begins again when the archive is replaced under it. A scan of
 * files that are known is shorter than a compaction, so it catches up; if it does not,
 * there is no page: one that misses what was folded meanwhile would show counters fall.
 */
export const MAX_SCAN_ATTEMPTS = 32;

/** Scans in which slots changed hands after which all writers' values are held, and not only theirs. */
export const SCANS_BEFORE_HOLDING_ALL = 2;

/** Times that the file backend's reader begins again when slots change hands under it, before it says so. */
export const MAX_READ_ATTEMPTS = 4;

/** Bad files that a thread remembers to have told of. One that is forgotten is counted again. */
export const MAX_BAD_FILES_KNOWN = 10_000;

/** Bad files that a thread warns of, each once: a version that is rolled back leaves thousands. All are counted. */
export const MAX_BAD_FILE_WARNINGS = 10;

/** Times that the file backend's reader tries again on a file that is being flushed under it. */
export const MAX_FLUSH_ATTEMPTS = 32;

/** Milliseconds that the file backend's reader waits for a flush to end: a flush takes less than one. */
export const FLUSH_WAIT_MS = 1;

/**
 * Times that a value in a file that its writer maps is read without mapping it, in search
 * of two readings in a row that agree. At it the last one serves.
 */
export const MAX_SETTLE_READS = 16;

/**
 * Scrapes that a handler works on at once, unless said otherwise: far more than there are
 * scrapers. One more is told to come back.
 */
export const MAX_SCRAPES_IN_FLIGHT = 64;

/** Seconds after which whoever is told to come back may do so. */
export const RETRY_AFTER_SECONDS = 1;

/**
 * Milliseconds from a request to the last byte of its answer, unless said otherwise:
 * Prometheus waits as long. After that there is an error instead, or the answer is cut off.
 */
export const SCRAPE_TIMEOUT_MS = 10_000;

/** Longest time for a scrape that may be set, in milliseconds: longer ones are no timer. */
export const MAX_SCRAPE_TIMEOUT_MS = 2 ** 31 - 1;

/** Bytes of a page from which compression is worth it: smaller ones fit into one packet as they are. */
export const MIN_GZIP_BYTES = 1_400;

/** Milliseconds in which a client of the metrics server has sent its request, TLS handshake apart. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** Milliseconds for a TLS handshake with the metrics server. */
export const TLS_HANDSHAKE_TIMEOUT_MS = 5_000;

/** Milliseconds between two looks for clients of the metrics server that take too long. */
export const CONNECTIONS_CHECK_MS = 1_000;

/** Bytes of all headers of a request to the metrics server: twenty times what Prometheus sends. */
export const MAX_REQUEST_HEADER_BYTES = 8 * KIB;

/** Milliseconds for which the metrics server keeps an idle connection: a scraper that comes every minute reuses it. */
export const KEEP_ALIVE_MS = 65_000;

/** Connections that the metrics server has at once, unless said otherwise. Further ones are closed. */
export const MAX_CONNECTIONS = 256;

/** Milliseconds between two attempts to take over a port that another process has: a scrape at most is lost. */
export const TAKE_OVER_MS = 500;

/** Series of each family of which `/api/families` gives samples, unless its query says otherwise: what a person reads. */
export const REPORT_SERIES = 20;

/** Greatest `limit` in a query of `/api/families`, in series of a family. More is an error 400. */
export const MAX_REPORT_SERIES = 10_000;

/**
 * Characters of samples in one answer of `/api/families`: what a browser reads in no time.
 * At it series come without samples, and `shown` tells.
 */
export const MAX_REPORT_SAMPLE_CHARS = 4 * MIB;

/** Families in one answer of `/api/families`: more than an application has. `familyCount` counts all. */
export const MAX_REPORT_FAMILIES = 2_000;

/** Writers in one answer of `/api/families`: more than a machine runs. `writerCounts` counts all. */
export const MAX_REPORT_WRITERS = 500;

/** Skipped files in one answer of `/api/families`: they mostly have one reason. `skippedCount` counts all. */
export const MAX_REPORT_SKIPPED = 100;

/** Series after which work on a report may be interrupted: a fraction of a millisecond's. */
export const REPORT_STEP_SERIES = 500;

/** Routes that have a label value of their own in one process: more than an application names. Further ones count as `other`. */
export const MAX_HTTP_ROUTES = 1_000;

/** Values of one own label of HTTP metrics in one process. Further ones count as `other`. */
export const MAX_HTTP_LABEL_VALUES = 100;

/** Hosts asked over HTTP that have a label value of their own in one process, where no list is given. Further ones count as `other`. */
export const MAX_HTTP_HOSTS = 50;

/** Types of errors of HTTP handlers in one process. Further ones count as `other`. */
export const MAX_HTTP_ERROR_TYPES = 100;
