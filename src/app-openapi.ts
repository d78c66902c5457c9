import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

import { sessionCookieName } from './auth/session-cookie.js';
import type { Settings } from './config/settings.js';
import { readVersion } from './health/version.js';

/** The HTTP API as an OpenAPI document, from the controllers and their classes. */
export function createOpenApi(app: INestApplication, settings: Pick<Settings, 'publicUrl'>): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Zvon')
    .setDescription('Outbound telemarketing campaign engine. Errors are problem details (RFC 9457) with a stable code.')
    .setVersion(readVersion())
    .addCookieAuth(sessionCookieName(settings), { type: 'apiKey', in: 'cookie' }, 'session')
    .addSecurityRequirements('session')
    .build();
  return SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}
