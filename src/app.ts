import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import { ConsoleLogger, type LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

import { AppModule, type AppModuleOptions } from './app.module.js';
import { ProblemFilter } from './common/problem.filter.js';
import { createValidationPipe } from './common/validation.js';
import type { Settings } from './config/settings.js';
import { MetricsService } from './health/metrics.service.js';

/** Routes that stand outside `/api`, where probes look for them. */
export const OUTSIDE_API = ['health/live', 'health/ready', 'metrics'];

const BODY_LIMIT_BYTES = 1_048_576;
const DOCS = /^\/api\/docs(\/|$|\?)/;

/** The console loads nothing from elsewhere, runs no inline script or style, and is nobody's frame. */
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
/** The page of the API's documentation has styles of its own inside. It shows no data of ours. */
const DOCS_POLICY = CONSOLE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

export interface AppOptions extends AppModuleOptions {
  /** What is logged; everything when left out. */
  logLevels?: LogLevel[];
  /** Called before the routes are closed, to serve pages beside the API. */
  pages?: (app: NestFastifyApplication, settings: Settings) => Promise<void>;
}

/** The application, initialised and not yet listening: `listen` it, or `inject` requests into it. Close it in the end. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { settings } = options;
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(options), createAdapter(settings), {
    logger: createLogger(settings, options.logLevels),
    abortOnError: false,
  });
  try {
    await equip(app, settings);
    await options.pages?.(app, settings);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

export function createLogger(settings: Pick<Settings, 'logFormat'>, logLevels?: LogLevel[]): ConsoleLogger {
  const json = settings.logFormat === 'json';
  return new AppLogger({ json, colors: !json && process.stdout.isTTY === true, ...(logLevels && { logLevels }) });
}

/** Without the framework's account of its own start, which hides the one line that matters. */
class AppLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!STARTUP_CONTEXTS.has(rest.at(-1))) super.log(message, ...rest);
  }
}

const STARTUP_CONTEXTS = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

export function createAdapter(settings: Pick<Settings, 'publicUrl'>): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    // A public address means a proxy in front, on this machine or its private network; only such a one is believed when
    // it says for whom it asks.
    trustProxy: settings.publicUrl === null ? false : ['loopback', 'uniquelocal'],
    // A proxy's own id is taken over where it has the form of one, so that both logs can be laid side by side.
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    },
    // Registered below with our limits.
    multipart: false,
  });
}

/** Prefix, pipes and filters: what a test or a document must share with the server. */
export function setConventions(app: NestFastifyApplication): void {
  app.setGlobalPrefix('api', { exclude: OUTSIDE_API });
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
}

async function equip(app: NestFastifyApplication, settings: Settings): Promise<void> {
  setConventions(app);
  const isSecure = settings.publicUrl?.startsWith('https://') ?? false;
  await app.register(helmet, { contentSecurityPolicy: false, hsts: isSecure, global: true });
  await app.register(cookie);
  await app.register(multipart, {
    limits: { fileSize: settings.maxUploadBytes, files: 1, fields: 10, fieldSize: 65_536, parts: 20 },
  });
  acceptEmptyBodies(app);
  addHooks(app);
}

/** As the server's own parser, but a request that says JSON and sends nothing, as `POST …/pause` does, has no body. */
function acceptEmptyBodies(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const parse = server.getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT_BYTES }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request as FastifyRequest, body.toString('utf8'), done);
  });
}

function addHooks(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  const duration = app
    .get(MetricsService)
    .histogram('zvon_http_request_duration_seconds', 'Requests by route', ['method', 'route', 'status']);
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    reply.header('content-security-policy', DOCS.test(request.url) ? DOCS_POLICY : CONSOLE_POLICY);
    // Answers of the API are somebody's, and of the moment.
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    done();
  });
  server.addHook('onResponse', (request, reply, done) => {
    // A stream of events lasts as long as somebody looks at it: that is no duration of a request.
    if (
      !String(reply.getHeader('content-type') ?? reply.raw.getHeader('content-type')).startsWith('text/event-stream')
    ) {
      const route = request.routeOptions.url ?? 'none';
      duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    }
    done();
  });
}
