import { defineConfig } from 'prisma/config';

/** Where Prisma's commands find the schema. Migrations are applied by `millrace migrate`, which needs no engine binary. */
export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
