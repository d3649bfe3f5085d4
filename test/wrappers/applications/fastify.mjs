import fastify from 'fastify';
import metricsPlugin from 'fastify-metrics';

const app = fastify();
await app.register(metricsPlugin.default, { endpoint: '/metrics' });
app.get('/users/:id', async (request) => `user ${request.params.id}`);
await app.listen({ port: Number(process.env.PORT) });
