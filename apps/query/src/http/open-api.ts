import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** What query describes of the API: the reads. The operations are named as their methods are. */
export function describeReads(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder().setTitle('Millrace, read API').setVersion('v1').build();
  return SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
}

/** Serves the description of the reads at /openapi.json. Users read that of ingest, which has all operations. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('openapi', app, () => describeReads(app), {
    ui: false,
    raw: ['json'],
    jsonDocumentUrl: 'openapi.json',
  });
}
