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
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return sortEnums(addProblems(document));
}

/** The compiler gives the members of a union in an order of its own, another one after an incremental build. */
function sortEnums<T>(node: T): T {
  if (Array.isArray(node)) node.forEach(sortEnums);
  else if (typeof node === 'object' && node !== null)
    for (const [key, value] of Object.entries(node)) {
      if (key === 'enum' && Array.isArray(value)) value.sort();
      else sortEnums(value);
    }
  return node;
}

/** Any operation may answer with a problem: said once here rather than at every handler. */
function addProblems(document: OpenAPIObject): OpenAPIObject {
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: PROBLEM } };
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  for (const path of Object.values(document.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = path[method];
      if (operation) operation.responses['default'] = { description: 'What went wrong.', content };
    }
  }
  return document;
}

const TEXT = { type: 'string' } as const;
const PROBLEM = {
  type: 'object' as const,
  description: 'Problem details (RFC 9457). Further members depend on the code.',
  required: ['type', 'title', 'status', 'code', 'detail', 'requestId'],
  additionalProperties: true,
  properties: {
    type: TEXT,
    title: TEXT,
    status: { type: 'integer' },
    code: { ...TEXT, description: 'Stable; what a program decides by.' },
    detail: { ...TEXT, description: 'A sentence for people.' },
    field: { ...TEXT, description: 'Path of the field that it is about.' },
    fix: { ...TEXT, description: 'What to do about it.' },
    errors: {
      type: 'array',
      description: 'Every field that is wrong.',
      items: {
        type: 'object',
        required: ['field', 'code', 'message'],
        properties: { field: TEXT, code: TEXT, message: TEXT },
      },
    },
    requestId: { ...TEXT, description: 'Under which the log knows the request.' },
  },
};
