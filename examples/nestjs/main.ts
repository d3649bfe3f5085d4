// A Nest application in a cluster. It counts with prom-client, through
// @willsoto/nestjs-prometheus, and knows nothing of other processes: the preload does.

import 'reflect-metadata';
import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectMetric, makeCounterProvider, PrometheusModule } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';

@Controller()
class Greetings {
  constructor(@InjectMetric('greetings_total') private readonly greetings: Counter<string>) {}

  @Get('hello/:name')
  greet(@Param('name') name: string): string {
    this.greetings.inc();
    return `Hello ${name}, this is ${process.pid}.\n`;
  }
}

@Module({
  imports: [PrometheusModule.register()],
  controllers: [Greetings],
  providers: [makeCounterProvider({ name: 'greetings_total', help: 'Greetings.' })],
})
class AppModule {}

if (cluster.isPrimary) {
  const count = Number(process.env.WORKERS ?? availableParallelism());
  for (let i = 0; i < count; i++) cluster.fork();
  cluster.on('exit', (worker) => {
    if (!worker.exitedAfterDisconnect) cluster.fork();
  });
} else {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
  console.log(`worker ${process.pid} listens on ${await app.getUrl()}`);
}
