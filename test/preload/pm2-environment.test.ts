import test from 'ava';
import { adoptPm2Environment } from '../../src/entrypoints/pm2-environment.js';

test('what pm2 is about to set is set, text and numbers alone', (t) => {
  const given = { DIR: '/dev/shm/x', NODE_APP_INSTANCE: 2, args: ['a'], none: null, watch: false };
  const env: NodeJS.ProcessEnv = {
    DIR: 'of the daemon',
    HOME: '/',
    pm2_env: JSON.stringify(given),
  };
  adoptPm2Environment(env);
  t.deepEqual(env, {
    DIR: '/dev/shm/x',
    HOME: '/',
    NODE_APP_INSTANCE: '2',
    pm2_env: env.pm2_env,
  });
});

for (const other of [undefined, 'production', '"production"', '3', 'null', '{"a":']) {
  test(`a variable of that name that is not pm2's is left alone: ${other}`, (t) => {
    const env: NodeJS.ProcessEnv = { HOME: '/', ...(other !== undefined && { pm2_env: other }) };
    const before = { ...env };
    adoptPm2Environment(env);
    t.deepEqual(env, before);
  });
}
