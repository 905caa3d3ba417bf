import { createRequire } from 'node:module';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** What ingest describes of the API: the writes. The operations are named as their methods are. */
export function describeWrites(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder().setTitle('Millrace').setVersion('v1').build();
  return SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
}

/** The whole API, reads included, as it is generated into protocol: it is served while query is down too. */
export const wholeApi = createRequire(import.meta.url)('@millrace/protocol/openapi.json') as OpenAPIObject;

/** Serves the description of the whole API at /openapi.json, and a page to read and try it at /docs that loads nothing from elsewhere. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, wholeApi, {
    raw: false,
    customSiteTitle: 'Millrace API',
    // Else the page sends the document's address to a validator in the net.
    swaggerOptions: { validatorUrl: null },
  });
  const document = JSON.stringify(wholeApi);
  app
    .getHttpAdapter()
    .get(
      '/openapi.json',
      (_request, reply: { header(name: string, value: string): void; send(body: string): void }) => {
        reply.header('content-type', 'application/json; charset=utf-8');
        reply.send(document);
      },
    );
}
