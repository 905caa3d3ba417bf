import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, tail } from './command.js';
import { Obstacle } from './obstacle.js';
import { root } from './root.js';

const schema = join(root, 'prisma', 'schema.prisma');
const generated = join(root, 'libs', 'postgres', 'src', 'generated');
const stamp = join(root, '.millrace', 'prisma-client.sha256');

/**
 * Generates the Prisma client from the schema, again only when the schema or Prisma has changed. Prisma would download an engine that the
 * client does not need; any existing program in its place keeps it from doing so. False where there was nothing to do.
 */
export async function ensurePrismaClient() {
  if (!existsSync(schema)) return false;
  const now = fingerprint();
  if (existsSync(generated) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return false;
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const prisma = join(root, 'node_modules', 'prisma', 'build', 'index.js');
  const { code, output } = await run(process.execPath, [prisma, 'generate'], { env });
  if (code !== 0)
    throw new Obstacle(`prisma generate failed: correct prisma/schema.prisma and run this again.\n${tail(output)}`);
  mkdirSync(join(root, '.millrace'), { recursive: true });
  writeFileSync(stamp, now);
  return true;
}

function fingerprint() {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  return createHash('sha256').update(version).update(readFileSync(schema)).digest('hex');
}
