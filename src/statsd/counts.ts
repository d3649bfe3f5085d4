import type { Store } from '../store/store.js';
import type { SampleKind } from './line.js';
import { OwnCounter } from './own-counter.js';
import type { Refusal } from './refusal.js';

/** What the listener says of itself. */
export class Counts {
  readonly packets: OwnCounter;
  readonly connections: OwnCounter;
  readonly lines: OwnCounter;
  readonly samples: OwnCounter<SampleKind>;
  readonly dropped: OwnCounter;
  readonly tagErrors: OwnCounter;
  readonly errors: OwnCounter<Refusal>;

  constructor(store: Store) {
    this.packets = new OwnCounter(store, 'udp_packets_total', 'UDP datagrams received.');
    this.connections = new OwnCounter(store, 'tcp_connections_total', 'TCP connections accepted.');
    this.lines = new OwnCounter(store, 'lines_total', 'Lines received, empty ones not counted.');
    this.samples = new OwnCounter(store, 'samples_total', 'Samples counted, by type.', 'type');
    this.dropped = new OwnCounter(
      store,
      'samples_dropped_total',
      'Samples that a mapping rule drops.',
    );
    this.tagErrors = new OwnCounter(
      store,
      'tag_errors_total',
      'Tags without a name or without a value: their samples count without them.',
    );
    this.errors = new OwnCounter(
      store,
      'errors_total',
      'Lines, samples and connections that were refused, by reason.',
      'reason',
    );
  }
}
