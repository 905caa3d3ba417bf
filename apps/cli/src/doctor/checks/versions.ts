import type { Facts } from '../facts.js';
import { ok, warn, worst, type Verdict } from '../finding.js';

/** Do command, services and rules fit each other? `cliVersion` is ours. */
export async function judgeVersions(facts: Facts, cliVersion: string): Promise<Verdict> {
  const asked = await facts.readiness();
  const { living } = await facts.heartbeats().catch(() => ({ living: [] }));
  const knows = new Map(living.flatMap(({ said }) => ('knows' in said ? [[said.id, said.knows] as const] : [])));
  const rules = [...new Set(knows.values())].sort((one, other) => one - other);
  const told = asked.filter(({ version }) => version !== undefined);
  const others = told.filter(({ version }) => version !== cliVersion);
  const silent = asked.length - told.length;
  const whose = told.length === 0 ? 'no service was asked' : `as ${told.length} of ${asked.length} services asked`;
  const lowest = rules[0];
  if (told.length + living.length === 0) {
    return warn(`This command is ${cliVersion}, and no service says its version.`, 'Mend services first.');
  }
  return worst([
    ok(`This command is ${cliVersion}, ${whose}; rules known to services: ${rules.join(', ') || 'none was heard'}.`),
    ...others.map(({ url, version }) =>
      warn(`${url} is ${version}, and this command is ${cliVersion}.`, 'Deploy one version of everything.'),
    ),
    ...(rules.length > 1
      ? [
          warn(
            `Services know rules up to ${rules.join(' and ')}.`,
            `Deploy the newer one of those that know only ${lowest}.`,
          ),
        ]
      : []),
    ...(silent > 0 && told.length > 0
      ? [warn(`${silent} services say no version.`, 'They are older than this command, or down.')]
      : []),
  ]);
}
