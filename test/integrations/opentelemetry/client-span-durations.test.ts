import test from 'ava';
import {
  ClientSpanDurations,
  type EndedSpan,
} from '../../../src/integrations/opentelemetry/index.js';
import { SDKS, shown, startSdk } from '../../helpers/opentelemetry.js';

const SPAN: EndedSpan = {
  name: 'get',
  kind: 2,
  attributes: { 'db.system': 'redis', 'db.statement': 'get user:1', 'net.peer.name': 'cache' },
  duration: [1, 500_000_000],
  status: { code: 0 },
  instrumentationScope: { name: 'cache-client', version: '1.0.0' },
};

for (const { version, sdk } of SDKS) {
  test.serial(
    `SDK ${version}: client spans of the named scopes become durations of operations`,
    async (t) => {
      const { provider } = startSdk(sdk, { scopeLabels: true });
      const scope = `cache-client-${version}`;
      const span = { ...SPAN, instrumentationScope: { name: scope } };
      const durations = new ClientSpanDurations({ meterProvider: provider, scopes: [scope] });
      durations.onStart();
      durations.onEnd(span);
      durations.onEnd({ ...span, duration: [0, 250_000_000] });
      durations.onEnd({ ...span, status: { code: 2 } });
      durations.onEnd({
        ...span,
        attributes: { 'db.operation.name': 'mget', 'error.type': 'WRONGTYPE' },
        status: { code: 2 },
      });
      durations.onEnd({ ...span, kind: 1 as never });
      durations.onEnd({ ...span, instrumentationScope: { name: 'another' } });
      await durations.forceFlush();
      await durations.shutdown();
      const name = 'db_client_operation_duration_seconds';
      const samples = Object.entries(await shown(name)).filter(
        ([key]) => key.includes(scope) && /_(?:count|sum)\{/.test(key),
      );
      const rest = `otel_scope_name="${scope}"`;
      const get = 'db_operation_name="get",db_system_name="redis"';
      t.deepEqual(Object.fromEntries(samples), {
        [`${name}_count{${get},${rest},server_address="cache"}`]: 2,
        [`${name}_sum{${get},${rest},server_address="cache"}`]: 1.75,
        [`${name}_count{${get},error_type="_OTHER",${rest},server_address="cache"}`]: 1,
        [`${name}_sum{${get},error_type="_OTHER",${rest},server_address="cache"}`]: 1.5,
        [`${name}_count{db_operation_name="mget",error_type="WRONGTYPE",${rest}}`]: 1,
        [`${name}_sum{db_operation_name="mget",error_type="WRONGTYPE",${rest}}`]: 1.5,
      });
    },
  );
}
