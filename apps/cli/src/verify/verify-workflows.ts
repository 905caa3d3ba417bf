import { hashOf, type Difference, type ProjectionReader } from '@millrace/runtime';

/** Workflow versions belong to no partition: the rows must be those that at least one partition's log tells. `pinned`: hashes of their rows. */
export async function verifyWorkflows(
  projected: ProjectionReader,
  pinned: ReadonlyMap<string, bigint>,
): Promise<Difference[]> {
  const differences: Difference[] = [];
  const found = new Set<string>();
  for await (const cells of projected.workflows()) {
    for (const cell of cells) {
      found.add(cell.key);
      const wanted = pinned.get(cell.key);
      if (wanted === undefined) differences.push(difference(cell.key, 'no record tells of it', 'it is there'));
      else if (wanted !== hashOf(cell))
        differences.push(difference(cell.key, 'its definition is pinned in the log', 'the row holds another'));
    }
  }
  for (const version of pinned.keys()) {
    if (!found.has(version))
      differences.push(difference(version, 'its definition is pinned in the log', 'there is no row'));
  }
  return differences;
}

function difference(key: string, wanted: string, found: string): Difference {
  const sentence = `Expected workflow version ${key} as the log tells it (${wanted}), but ${found}.`;
  return {
    rule: 'I5',
    partition: null,
    table: 'workflow_records',
    key,
    column: null,
    wanted,
    found,
    offset: null,
    sentence,
  };
}
