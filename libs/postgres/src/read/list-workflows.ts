import type { WorkflowDetail, WorkflowList } from '@millrace/protocol';
import { decodeCursor, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';

export const workflowVersionsMax = 20;

/** Without the definitions, by name and version. Throws `CursorInvalid`. */
export async function listWorkflows(
  prisma: PrismaClient,
  cursor: string | undefined,
  limit: number,
): Promise<WorkflowList> {
  const found = await prisma.$queryRaw<WorkflowList['workflows']>`
    SELECT name, version, tasks FROM workflows
    ${cursor === undefined ? Prisma.empty : after(cursor)} ORDER BY name, version LIMIT ${limit + 1}`;
  const { rows, next } = page(found, limit, (row) => [row.name, row.version]);
  return { workflows: [...rows], next };
}

/** The first 20 versions; undefined where there is none. */
export async function findWorkflow(prisma: PrismaClient, name: string): Promise<WorkflowDetail | undefined> {
  const versions = await prisma.workflowRecord.findMany({
    where: { name },
    select: { version: true, tasks: true, definition: true },
    orderBy: { version: 'asc' },
    take: workflowVersionsMax,
  });
  return versions.length === 0 ? undefined : { name, versions };
}

function after(cursor: string): Prisma.Sql {
  const [name, version] = decodeCursor(cursor, ['string', 'string']);
  return Prisma.sql`WHERE (name, version) > (${name as string}, ${version as string})`;
}
