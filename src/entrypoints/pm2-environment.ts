/**
 * Sets what pm2 is about to set. In cluster mode a worker begins with the environment of
 * pm2's daemon, and that of its application is JSON in the variable `pm2_env` until
 * everything that is preloaded has run.
 */
export function adoptPm2Environment(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(parsed(env.pm2_env))) {
    if (typeof value === 'string' || typeof value === 'number') env[name] = String(value);
  }
}

function parsed(text = '{}'): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // Somebody else's variable of that name.
    return {};
  }
}
