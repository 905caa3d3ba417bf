import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hunt } from './hunt.ts';
import { huntAll } from './hunt-all.ts';
import { mutants } from './index.ts';
import { mutantPage } from './mutant-page.ts';

export interface MutantsOptions {
  readonly seeds: number;
  readonly jobs: number;
  readonly output: string;
  /** Writes the table of docs/mutants.md anew. */
  readonly record: boolean;
}

/** A hunt of 200 scenarios takes 20 s on a core that nobody else uses. */
const secondsMax = 300;
const page = join(import.meta.dirname, '..', '..', '..', 'docs', 'mutants.md');

/** `npm run sim -- --mutants`: hunts all, and gives the exit code: 1 where one escapes. */
export async function mutantsCommand({ seeds, jobs, output, record }: MutantsOptions): Promise<number> {
  const begunMs = performance.now();
  const hunts = await huntAll({ seeds, jobs, secondsMax, told: (hunt) => console.error(lineOf(hunt)) });
  const escaped = hunts.filter(({ caught }) => caught === undefined).map(({ mutant }) => mutant);
  const seconds = Math.round((performance.now() - begunMs) / 1_000);
  const report = { mutants: mutants.length, caught: mutants.length - escaped.length, seeds, seconds, escaped, hunts };
  if (output === 'json') console.log(JSON.stringify(report, null, 2));
  else console.log(`${report.caught} of ${report.mutants} mutants are caught within ${seeds} seeds, in ${seconds} s.`);
  if (record) writeFileSync(page, mutantPage(hunts, seeds));
  return escaped.length > 0 ? 1 : 0;
}

function lineOf({ mutant, caught, scenarios }: Hunt): string {
  if (caught === undefined) return `${mutant}: escapes ${scenarios} scenarios`;
  return `${mutant}: seed ${caught.seed}, ${caught.rule}`;
}
