# Scrapes files of prometheus-client-mmap in a fresh interpreter.
#
# usage: scrape.rb DIRECTORY ROUNDS PAGE
#
# Writes the last page to PAGE and prints the milliseconds of each scrape as JSON. The
# interpreter's start is not part of them.

directory, rounds, page_path = ARGV
ENV['prometheus_multiproc_dir'] = directory

require 'json'
require 'prometheus/client'
require 'prometheus/client/formats/text'

page = nil
times = Array.new(Integer(rounds)) do
  begin_at = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  page = Prometheus::Client::Formats::Text.marshal_multiprocess(directory)
  (Process.clock_gettime(Process::CLOCK_MONOTONIC) - begin_at) * 1000
end
File.binwrite(page_path, page)
puts times.to_json
