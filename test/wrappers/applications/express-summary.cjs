const promBundle = require('express-prom-bundle');
const app = require('express')();

app.use(promBundle({ metricType: 'summary', promClient: { collectDefaultMetrics: {} } }));
app.get('/users/:id', (req, res) => {
  res.send(`user ${req.params.id}`);
});
app.listen(Number(process.env.PORT));
