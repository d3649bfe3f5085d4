// The client package is named, as fastify-metrics's README has it.
import client from '@prometheus-io/client';
import fastify from 'fastify';
import metricsPlugin from 'fastify-metrics';

const app = fastify();
await app.register(metricsPlugin.default, { endpoint: '/metrics', promClient: client });
app.get('/users/:id', async (request) => `user ${request.params.id}`);
await app.listen({ port: Number(process.env.PORT) });
