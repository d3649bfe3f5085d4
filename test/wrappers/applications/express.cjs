const promBundle = require('express-prom-bundle');
const app = require('express')();

const metricsMiddleware = promBundle({
  includeMethod: true,
  includePath: true,
  promClient: { collectDefaultMetrics: {} },
});

app.use(metricsMiddleware);
app.get('/users/:id', (req, res) => {
  res.send(`user ${req.params.id}`);
});
app.listen(Number(process.env.PORT));
