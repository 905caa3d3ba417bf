import { judgeJoin, plainJoinRules, type Join, type ParentEnd } from '../index.js';

const shown: readonly Join[] = [...plainJoinRules, { rule: 'n_of_m', n: 1 }, { rule: 'n_of_m', n: 2 }];
const stands = ['open', 'succeeded', 'failed', 'skipped'] as const satisfies readonly (ParentEnd | 'open')[];
const parents = 2;

/** The text of docs/join-rules.md. */
export function joinRulesPage(): string {
  const names = shown.map((join) => (typeof join === 'object' ? `${join.rule}, n = ${join.n}` : join));
  const rows = stands.flatMap((one, index) =>
    stands
      .slice(index)
      .map((other) => `| ${one} | ${other} | ${shown.map((join) => cell(join, [one, other])).join(' | ')} |`),
  );
  return `# Join rules

<!-- Generated from libs/domain/src/dag/join-rule.ts; rewrite with: UPDATE_DOCS=1 npx vitest run --project spec state-diagram -->

What each rule says of a task with two parents, however they stand. \`run\`: the task run is queued; \`wait\`: it stays \`pending\`;
\`upstream_failed\` and \`branch\`: it is skipped, for that reason. A parent is failed if it \`failed\`, \`timed_out\`, was \`dead_lettered\`,
or skipped because of \`upstream_failed\`; it is skipped if a branch went another way: it was skipped for \`branch\` itself, or it succeeded
and the condition of its edge to this task is not true. Once a rule has said something else than \`wait\`,
later ends of parents change nothing. The specs hold the table for one to three parents in every order against the words of
[the design](design.md#1-words-and-states).

<!-- prettier-ignore-start -->

| one | other | ${names.join(' | ')} |
|---|---|${names.map(() => '---|').join('')}
${rows.join('\n')}

<!-- prettier-ignore-end -->
`;
}

function cell(join: Join, ends: readonly (ParentEnd | 'open')[]): string {
  const count = (end: ParentEnd | 'open') => ends.filter((each) => each === end).length;
  return judgeJoin(join, { all: parents, open: count('open'), succeeded: count('succeeded'), failed: count('failed') });
}
