import { randomBytes } from 'node:crypto';
import { runIdOf, type RunId } from '@millrace/domain';

/** New run ids of one partition, with one draw of chance for all. */
export function newRunIds(partition: number, count: number): RunId[] {
  const chance = randomBytes(16 * count).toString('hex');
  return Array.from({ length: count }, (_, index) => runIdOf(partition, chance.slice(index * 32, index * 32 + 32)));
}
