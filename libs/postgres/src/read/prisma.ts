import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../generated/client.js';

export { Prisma };
export type { PrismaClient };

export interface PrismaOptions {
  readonly databaseUrl: string;
  readonly connectionsMax: number;
  readonly answerMsMax: number;
}

/** Connects at the first query. A connection that breaks while idle is made again, silently. */
export function openPrisma({ databaseUrl, connectionsMax, answerMsMax }: PrismaOptions): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: databaseUrl,
      application_name: 'millrace-query',
      max: connectionsMax,
      connectionTimeoutMillis: 5_000,
      statement_timeout: answerMsMax,
      query_timeout: answerMsMax + 1_000,
      keepAlive: true,
    },
    { onPoolError: () => {}, onConnectionError: () => {} },
  );
  return new PrismaClient({ adapter });
}
