import type { WorkflowDetail, WorkflowList } from '@millrace/protocol';
import { decodeCursor, directionOf, page } from './cursor.js';
import { Prisma, type PrismaClient } from './prisma.js';

export const workflowVersionsMax = 20;
/** A version, or enough of its digits. */
const versionPattern = /^[0-9a-f]{8,64}$/;

/** Without the definitions, by name and version, either way. Throws `CursorInvalid`. */
export async function listWorkflows(
  prisma: PrismaClient,
  cursor: string | undefined,
  limit: number,
  descending = false,
): Promise<WorkflowList> {
  const { order, behind } = directionOf(descending);
  const found = await prisma.$queryRaw<WorkflowList['workflows']>`
    SELECT name, version, tasks FROM workflows
    ${cursor === undefined ? Prisma.empty : after(cursor, behind)} ORDER BY name ${order}, version ${order} LIMIT ${limit + 1}`;
  const { rows, next } = page(found, limit, (row) => [row.name, row.version]);
  return { workflows: [...rows], next };
}

/** The first 20 versions of a name, or the only version that begins so; undefined where there is none. */
export async function findWorkflow(prisma: PrismaClient, nameOrVersion: string): Promise<WorkflowDetail | undefined> {
  const select = { version: true, tasks: true, definition: true };
  const versions = await prisma.workflowRecord.findMany({
    where: { name: nameOrVersion },
    select,
    orderBy: { version: 'asc' },
    take: workflowVersionsMax,
  });
  if (versions.length > 0) return { name: nameOrVersion, versions };
  if (!versionPattern.test(nameOrVersion)) return undefined;
  const [found, ...others] = await prisma.workflowRecord.findMany({
    where: { version: { startsWith: nameOrVersion } },
    select: { ...select, name: true },
    take: 2,
  });
  if (found === undefined || others.length > 0) return undefined;
  const { name, ...version } = found;
  return { name, versions: [version] };
}

function after(cursor: string, behind: Prisma.Sql): Prisma.Sql {
  const [name, version] = decodeCursor(cursor, ['string', 'string']);
  return Prisma.sql`WHERE (name, version) ${behind} (${name as string}, ${version as string})`;
}
