import { expect, it } from 'vitest';
import { assignGroup, decodeAssignment, encodeMember, type TopicSet } from './group-protocol.js';

const mail: TopicSet = ['t.mail.high', 't.mail.low'];
const plain: TopicSet = ['t.default.high', 't.default.low'];
const four = async (): Promise<number> => 4;

async function assigned(members: Readonly<Record<string, readonly TopicSet[]>>): Promise<Record<string, object>> {
  const joining = Object.entries(members).map(([memberId, sets]) => ({
    memberId,
    memberMetadata: encodeMember(sets, new Map(), 0),
  }));
  const answers = await assignGroup(joining, four);
  return Object.fromEntries(
    answers.map(({ memberId, memberAssignment }) => [memberId, Object.fromEntries(decodeAssignment(memberAssignment))]),
  );
}

it('gives every partition of a queue to one member, also where members serve different sets of queues', async () => {
  const { a, b } = await assigned({ a: [plain], b: [plain, mail] });
  const [ofA, ofB] = [a as Record<string, number[]>, b as Record<string, number[]>];
  expect([...ofA['t.default.high']!, ...ofB['t.default.high']!].sort()).toEqual([0, 1, 2, 3]);
  expect(ofA['t.default.low']).toEqual(ofA['t.default.high']);
  expect(ofA['t.mail.high']).toBeUndefined();
  expect(ofB['t.mail.high']).toEqual([0, 1, 2, 3]);
});

it('gives a member nothing whose metadata it cannot read, and the others everything', async () => {
  const foreign = { memberId: 'foreign', memberMetadata: Buffer.from('garbage') };
  const ours = { memberId: 'ours', memberMetadata: encodeMember([mail], new Map(), 0) };
  const answers = await assignGroup([foreign, ours], four);
  const of = (id: string) => decodeAssignment(answers.find(({ memberId }) => memberId === id)!.memberAssignment);
  expect(of('foreign').size).toBe(0);
  expect(of('ours').get('t.mail.low')).toEqual([0, 1, 2, 3]);
});
