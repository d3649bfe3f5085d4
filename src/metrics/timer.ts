const NANOSECONDS_PER_SECOND = 1e9;

/** Returns a function that passes the seconds since this call, and its own arguments, to `done`. */
export function startTimer<A extends unknown[]>(
  done: (seconds: number, ...args: A) => void,
): (...args: A) => number {
  const start = process.hrtime();
  return (...args) => {
    const [seconds, nanoseconds] = process.hrtime(start);
    const elapsed = seconds + nanoseconds / NANOSECONDS_PER_SECOND;
    done(elapsed, ...args);
    return elapsed;
  };
}
