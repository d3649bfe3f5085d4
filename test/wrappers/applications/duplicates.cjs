// A server whose modules come from several graphs: two copies of a client package in the
// tree, and two bundles that each have one inside.
const { createServer } = require('node:http');

const copies = ['prom-client', './node_modules/dependency/node_modules/prom-client'].map((id) => {
  const client = require(id);
  client.collectDefaultMetrics();
  const shown = new client.Counter({ name: 'shown_total', help: 'Shown.', labelNames: ['route'] });
  return { show: (route) => shown.inc({ route }), page: () => client.register.metrics() };
});
const graphs = [...copies, require('./route-a.cjs'), require('./route-b.cjs')];

const server = createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, 'http://localhost');
  const graph = graphs[Number(searchParams.get('graph'))];
  if (pathname === '/metrics') return res.end(await graph.page());
  for (const { show } of graphs) show(pathname);
  res.end('shown');
});
server.listen(Number(process.env.PORT));
