# Writes a workload into files of prometheus-client-mmap, one process each.
#
# usage: write.rb DATA DIRECTORY
#
# DATA is as write.py takes it. Prints the package's version. Gauges of processes that
# have ended are left out.

data_path, directory = ARGV
ENV['prometheus_multiproc_dir'] = directory

require 'json'
require 'prometheus/client'
require 'prometheus/client/version'
require 'prometheus/client/mmaped_value'

FIRST_PID = 100_000

def put(metric, sample, labels, number)
  Prometheus::Client::MmapedValue
    .new(metric['type'].to_sym, metric['name'], sample, labels, :livesum)
    .set(number)
end

def write_series(metric, texts, numbers)
  labels = metric['labelNames'].zip(texts).to_h
  name = metric['name']
  return put(metric, name, labels, numbers[0]) if metric['type'] != 'histogram'

  put(metric, "#{name}_sum", labels, numbers[-1])
  count = 0
  [*metric['buckets'].map(&:to_s), '+Inf'].zip(numbers) do |bound, number|
    count += number
    put(metric, "#{name}_bucket", labels.merge('le' => bound), count)
  end
  put(metric, "#{name}_count", labels, count)
end

data = JSON.parse(File.read(data_path))
data['processes'].each_with_index do |process, number|
  # A child for each: its files are closed when it ends.
  child = fork do
    Prometheus::Client.configuration.pid_provider = -> { FIRST_PID + number }
    data['metrics'].zip(process['values']) do |metric, values|
      next if metric['type'] == 'gauge' && !process['live']

      metric['series'].zip(values) { |texts, numbers| write_series(metric, texts, numbers) }
    end
    exit!(0)
  end
  _, status = Process.wait2(child)
  abort "the writer of process #{number} ended: #{status}" unless status.success?
end
puts Prometheus::Client::VERSION
