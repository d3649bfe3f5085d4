// Worker threads that count primes. Every thread writes a file of its own, and the main
// thread prints the merged page when all are done.
//
//   PROMETHEUS_MULTIPROC_DIR=/tmp/metrics node main.js

import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { Counter, collect, Histogram } from 'prom-multiproc';

const THREADS = 4;
const NUMBERS_PER_THREAD = 50_000;

if (isMainThread) {
  const threads = Array.from({ length: THREADS }, (_, index) => {
    const from = index * NUMBERS_PER_THREAD;
    return new Worker(new URL(import.meta.url), { workerData: { from } });
  });
  await Promise.all(threads.map((thread) => once(thread, 'exit')));
  console.log(await collect());
} else {
  const tested = new Counter({ name: 'numbers_tested_total', help: 'Numbers tested.' });
  const primes = new Counter({ name: 'primes_found_total', help: 'Primes found.' });
  const durations = new Histogram({
    name: 'prime_search_duration_seconds',
    help: 'Time for one range of numbers.',
  });

  const endTimer = durations.startTimer();
  const { from } = workerData;
  for (let n = from; n < from + NUMBERS_PER_THREAD; n++) {
    tested.inc();
    if (isPrime(n)) primes.inc();
  }
  endTimer();
}

function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor++) {
    if (n % divisor === 0) return false;
  }
  return n > 1;
}
