import type { Hunt } from './hunt.ts';
import { mutants } from './index.ts';

/** docs/mutants.md: what each deliberate bug is caught by. */
export function mutantPage(hunts: readonly Hunt[], seeds: number): string {
  const caught = hunts.filter((hunt) => hunt.caught !== undefined).length;
  return `# Mutants

Written by \`npm run sim -- --mutants --record\`. Each is a deliberate bug that is put into the compiled code while the simulator loads it
(\`test/sim/mutants\`); the product has no switch for it. ${caught} of ${hunts.length} are caught within ${seeds} seeds. One that nothing catches is a
hole in the oracles or in what the worlds hold, or another guard makes up for it: which, is not known before it was looked at.

| mutant | the bug | caught by | first seed |
|---|---|---|---|
${hunts.map(rowOf).join('\n')}
`;
}

function rowOf({ mutant: name, caught, scenarios }: Hunt): string {
  const { bug, with: other } = mutants.find((each) => each.name === name)!;
  const alone = other === undefined ? bug : `${bug}; with \`${other}\``;
  return `| \`${name}\` | ${alone} | ${caught?.rule ?? `nothing in ${scenarios} scenarios`} | ${caught?.seed ?? ''} |`;
}
