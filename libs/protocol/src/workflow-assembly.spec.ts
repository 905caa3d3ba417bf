import { WorkflowGathering, type TaskNode } from '@millrace/domain';
import { workflow } from '@millrace/domain/testing';
import { describe, expect, it } from 'vitest';
import { WorkflowAssembly } from './workflow-assembly.js';
import { encodeWorkflow, workflowRecords } from './workflow-record.js';

const large = workflow({ a: [], b: ['a'] }, { a: { input: '😀'.repeat(100_000) } });

/** Makes the ids of a valid workflow. */
function assemblyOf(): WorkflowAssembly<string[]> {
  return new WorkflowAssembly(() => {
    const gathering = new WorkflowGathering();
    const ids: string[] = [];
    const add = (node: TaskNode): void => {
      ids.push(node.id);
      gathering.add(node);
    };
    return { add, end: () => ('faults' in gathering.end() ? undefined : ids) };
  });
}

describe('a version in parts', () => {
  it('comes together in any order of parts, repeats included', () => {
    const encoded = encodeWorkflow(large);
    const records = workflowRecords(encoded);
    expect(records.length).toBe(2);
    const assembly = assemblyOf();
    expect(assembly.add(records[1]!)).toBeUndefined();
    expect(assembly.add(records[1]!)).toBeUndefined();
    expect(assembly.add(records[0]!)).toEqual({ encoded, made: ['a', 'b'] });
  });

  it('whose hash does not fit is forgotten, and may be sent again', () => {
    const [one, two] = workflowRecords(encodeWorkflow(large));
    const assembly = assemblyOf();
    expect([assembly.add(one!), assembly.add({ ...two!, body: 'other' })]).toEqual([undefined, 'unsound']);
    expect(assembly.add(one!)).toBeUndefined();
    expect(assembly.add(two!)).toBeDefined();
  });

  it('takes the newer of two different parts, so that a stray one keeps nothing out', () => {
    const [one, two] = workflowRecords(encodeWorkflow(large));
    const assembly = assemblyOf();
    expect(assembly.add({ ...one!, body: 'stray' })).toBeUndefined();
    expect(assembly.add(one!)).toBeUndefined();
    expect(assembly.add(two!)).toMatchObject({ made: ['a', 'b'] });
  });

  it('that is no valid workflow is none, although its hash fits', () => {
    const [record] = workflowRecords(encodeWorkflow(workflow({ a: ['ghost'] })));
    expect(assemblyOf().add(record!)).toBe('unsound');
  });
});
