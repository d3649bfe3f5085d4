import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InjectMetric, makeCounterProvider, PrometheusModule } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';

@Injectable()
class Service {
  constructor(@InjectMetric('users_shown_total') public counter: Counter<string>) {}
}

@Controller()
class Users {
  // Named, since tsx writes down no types of parameters.
  constructor(@Inject(Service) private readonly service: Service) {}

  @Get('users/:id')
  show(@Param('id') id: string): string {
    this.service.counter.inc();
    return `user ${id}`;
  }
}

@Module({
  imports: [PrometheusModule.register()],
  controllers: [Users],
  providers: [Service, makeCounterProvider({ name: 'users_shown_total', help: 'Users shown.' })],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(Number(process.env.PORT));
