import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the description of the API at /openapi.json. */
export function serveOpenApi(app: NestFastifyApplication): void {
  const config = new DocumentBuilder().setTitle('Millrace').setVersion('v1').build();
  const document = JSON.stringify(SwaggerModule.createDocument(app, config));
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
