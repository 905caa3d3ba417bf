import { expect, it } from 'vitest';
import { assignGroup, decodeAssignment, encodeMember, isShrunk, type TopicSet } from './group-protocol.js';

const mail: TopicSet = ['t.mail.high', 't.mail.low'];
const plain: TopicSet = ['t.default.high', 't.default.low'];
const newcomer = (sets: readonly TopicSet[]) => encodeMember({ sets, held: new Map(), heldIn: -1, keeps: false });
const four = async (): Promise<number> => 4;

async function assigned(members: Readonly<Record<string, readonly TopicSet[]>>): Promise<Record<string, object>> {
  const joining = Object.entries(members).map(([memberId, sets]) => ({
    memberId,
    memberMetadata: newcomer(sets),
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
  const ours = { memberId: 'ours', memberMetadata: newcomer([mail]) };
  const answers = await assignGroup([foreign, ours], four);
  const of = (id: string) => decodeAssignment(answers.find(({ memberId }) => memberId === id)!.memberAssignment);
  expect(of('foreign').size).toBe(0);
  expect(of('ours').get('t.mail.low')).toEqual([0, 1, 2, 3]);
});

it('gives nobody what another member keeps, and everything once that has given it up', async () => {
  let held: Readonly<Record<string, ReadonlyMap<string, readonly number[]>>> = {
    living: new Map(mail.map((topic) => [topic, [0, 1, 2, 3]])),
    fresh: new Map(),
  };
  const deal = async (heldIn: number, keeps: boolean) => {
    const members = Object.entries(held).map(([memberId, of]) => ({
      memberId,
      memberMetadata: encodeMember({ sets: [mail], held: of, heldIn, keeps }),
    }));
    const answers = await assignGroup(members, four);
    const before = held['living']!;
    held = Object.fromEntries(answers.map((each) => [each.memberId, decodeAssignment(each.memberAssignment)]));
    return isShrunk(before, held['living']!);
  };
  expect(await deal(1, true)).toBe(true);
  expect(held['living']!.get('t.mail.low')).toEqual([0, 1]);
  expect(held['fresh']!.get('t.mail.low')).toEqual([]);
  expect(await deal(2, true)).toBe(false);
  expect(held['living']!.get('t.mail.high')).toEqual([0, 1]);
  expect(held['fresh']!.get('t.mail.high')).toEqual([2, 3]);
});

it('gives what nobody keeps to another member at once', async () => {
  const held = new Map(mail.map((topic) => [topic, [0, 1, 2, 3]]));
  const members = ['one', 'other'].map((memberId) => ({
    memberId,
    memberMetadata: encodeMember({
      sets: [mail],
      held: memberId === 'one' ? held : new Map(),
      heldIn: 1,
      keeps: false,
    }),
  }));
  const shares = (await assignGroup(members, four)).map((each) =>
    decodeAssignment(each.memberAssignment).get(mail[0]!),
  );
  expect(shares).toEqual([
    [0, 1],
    [2, 3],
  ]);
});
