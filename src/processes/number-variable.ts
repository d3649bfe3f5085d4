/** A number that a variable of the environment may set. */
export interface NumberVariable {
  readonly name: string;
  /** What it is a whole number of, in a sentence: `milliseconds`. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/**
 * What the environment says, and the fallback where it says nothing or what cannot be: a
 * setting that is wrong costs no metrics. `warn` is told of it.
 */
export function numberFrom(
  env: NodeJS.ProcessEnv,
  { name, unit, min, max, fallback }: NumberVariable,
  warn: (message: string) => void,
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  warn(
    `${name} is "${text}"; it can be a whole number of ${unit} from ${min} to ${max}. The default of ${fallback} is used`,
  );
  return fallback;
}
