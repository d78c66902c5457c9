import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { createOpenApi } from './app-openapi.js';
import { projectPath } from './common/project-folder.js';
import type { Settings } from './config/settings.js';

const NOT_PAGES = /^\/(api|health|metrics|assets)(\/|$)/;

/** What a browser opens: the documentation of the API at `/api/docs`, and the console everywhere else. */
export async function servePages(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const document = createOpenApi(app, settings);
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/docs-json', raw: ['json'] });
  await serveConsole(app, projectPath('web', 'dist'));
}

/** Serve the console: its files, and its one page at every address that is nobody else's. Nothing when it is not built. */
async function serveConsole(app: NestFastifyApplication, folder: string): Promise<void> {
  const file = join(folder, 'index.html');
  if (!existsSync(file)) return;
  const page = readFileSync(file);
  const server = app.getHttpAdapter().getInstance();
  await server.register(fastifyStatic, {
    root: folder,
    // One route for each file there is: all other addresses are the page's.
    wildcard: false,
    index: false,
    decorateReply: false,
    setHeaders: (response, path) => {
      // Names of built files carry a hash of their content.
      const lasting = path.startsWith(join(folder, 'assets'));
      response.header('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const servePage = (request: FastifyRequest, reply: FastifyReply): void => {
    if (NOT_PAGES.test(request.url)) return reply.callNotFound();
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(page);
  };
  server.get('/', servePage);
  server.get('/*', servePage);
}
