/** Why a line or a sample of it is not counted: the label `reason` of `prom_multiproc_statsd_errors_total`. */
export type Refusal =
  /** No name, no `:`, no UTF-8, or a connection that broke off within it. */
  | 'malformed_line'
  | 'line_too_long'
  /** No type, or a field after it that is none of DogStatsD's. */
  | 'malformed_component'
  | 'malformed_value'
  | 'invalid_sample_factor'
  | 'unknown_type'
  | 'unsupported_set'
  | 'unsupported_event'
  | 'unsupported_service_check'
  | 'illegal_negative_counter'
  /** A rule makes a metric's name of a part that is empty. */
  | 'empty_metric_name'
  /** A label that a histogram, a summary or Prometheus has for itself. */
  | 'reserved_label'
  /** A name of the library's own metrics. */
  | 'reserved_name'
  | 'too_many_labels'
  /** The metric is of another type. */
  | 'type_conflict'
  /** Another metric has a sample of this name, as a histogram `x` has `x_count`. */
  | 'name_conflict'
  | 'metric_limit'
  | 'connection_limit';
