import { topics } from '../sim/world/brokers.ts';
import { noAnswer, type InFlight } from './in-flight.ts';
import type { ScopeWorld } from './scope-world.ts';

/** What may go wrong. */
export const faultKinds = ['crash', 'no-answer', 'claim', 'failure', 'time'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One thing that can happen next; its name says what, in every interleaving alike. */
export interface Move {
  readonly name: string;
  /** Absent where nothing goes wrong by it. */
  readonly fault?: FaultKind;
  readonly make: () => void | Promise<void>;
}

/** A first send is late after this; what was taken over is published again. */
const shortMs = 3_500;
/** A lone worker is lost after twice its session. */
const longMs = 26_000;
/** A frame is tried again after this. */
const againMs = 20;

/** Everything that can happen next, in an order that follows from the state. */
export function movesOf(world: ScopeWorld): Move[] {
  return [
    ...reads(world),
    ...world.inFlight.flatMap((append) => fates(world, append)),
    ...ends(world),
    ...crashes(world),
    ...claims(world),
    { name: `${shortMs / 1_000} s pass`, fault: 'time', make: () => world.pass(shortMs) },
    { name: `${longMs / 1_000} s pass`, fault: 'time', make: () => world.pass(longMs) },
  ];
}

function reads(world: ScopeWorld): Move[] {
  return [...world.dispatchers].flatMap(([seat, dispatcher]): Move[] => {
    const { unread, owner } = dispatcher;
    if (unread <= 0 || owner.phase === 'stopped') return [];
    const read = (count: number) => (): void => {
      const { phase, position } = owner;
      dispatcher.read(count);
      const isPassive = owner.phase === phase && (phase === 'recovering' || phase === 'following');
      if (isPassive) world.readOn(seat, phase, owner.position);
      else world.give(seat, `reads ${position} to ${position + count}`);
    };
    const all: Move = { name: `${seat} reads on`, make: read(unread) };
    return unread === 1 ? [all] : [{ name: `${seat} reads one record`, make: read(1) }, all];
  });
}

function fates(world: ScopeWorld, append: InFlight): Move[] {
  const { name, topic, partition, process, landed, hasFailed, reject, resolve } = append;
  const what = `${name} (${topic.slice(topic.indexOf('.') + 1)}/${partition})`;
  const seat = name.replace(/[~#].*/, '');
  const land = (): void => world.land(append);
  if (!process.isAlive || hasFailed) return [{ name: `${what} lands all the same`, make: land }];
  const answer = (): void => {
    world.forget(append);
    world.give(seat, `${name} at ${append.landed!.offset}`);
    resolve(append.landed!);
  };
  const fail = async (): Promise<void> => {
    append.hasFailed = true;
    if (landed !== undefined) world.forget(append);
    world.give(seat, `${name} failed`);
    reject(noAnswer());
    await world.settle();
    await world.pass(againMs);
  };
  if (landed !== undefined)
    return [
      { name: `${what} is acknowledged`, make: answer },
      { name: `${what}, which landed, is not acknowledged`, fault: 'no-answer', make: fail },
    ];
  if (topic === topics.control) return [{ name: `${what} lands`, make: land }];
  const both = (): void => {
    land();
    answer();
  };
  return [
    { name: `${what} lands and is acknowledged`, make: both },
    { name: `${what} lands`, make: land },
    { name: `${what} fails`, fault: 'no-answer', make: fail },
  ];
}

function ends(world: ScopeWorld): Move[] {
  const { running } = world.worker;
  return [...running].flatMap(([key, { succeed, fail }]): Move[] => {
    const end = (how: string, over: () => void) => (): void => {
      running.delete(key);
      world.give('w', `${key} ${how}`);
      over();
    };
    return [
      { name: `${key} succeeds`, make: end('succeeds', succeed) },
      { name: `${key} fails`, fault: 'failure', make: end('fails', fail) },
    ];
  });
}

function crashes(world: ScopeWorld): Move[] {
  const fault = 'crash';
  return [
    ...[...world.dispatchers].map(([seat, { process, owner }]): Move => {
      const make = (): void => {
        world.crash(process);
        owner.stop();
        world.startDispatcher(seat);
      };
      return { name: `${seat} crashes and begins anew`, fault, make };
    }),
    {
      name: 'the worker crashes and begins anew',
      fault,
      make: () => {
        world.crash(world.worker.process);
        return world.startWorker();
      },
    },
  ];
}

/** A follower may always take the owner for silent. */
function claims(world: ScopeWorld): Move[] {
  return [...world.dispatchers]
    .filter(([, { owner }]) => owner.phase === 'following')
    .map(([seat, { owner }]) => {
      const make = (): void => {
        world.give(seat, 'claims');
        owner.claimAgain(0);
      };
      return { name: `${seat} claims the partition again`, fault: 'claim', make };
    });
}
