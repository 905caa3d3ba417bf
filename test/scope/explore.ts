import { comesToRest } from './heal.ts';
import { breathe, forgetTurns, takeTurns } from './settled.ts';
import { movesOf, type FaultKind } from './moves.ts';
import { ScopeWorld, type Begin, type Work } from './scope-world.ts';

/** Whoever else lives in this process has a turn after so many. */
const transitionsPerTurn = 500;

export interface ScopeOptions {
  readonly work: Work;
  readonly begin: Begin;
  /** One or two. Default two. */
  readonly dispatchers?: 1 | 2;
  /** Moves of an interleaving at most. */
  readonly depth: number;
  /** Faults in one interleaving at most. */
  readonly faultsMax: number;
  readonly without?: ReadonlySet<FaultKind>;
}

/** An interleaving after which something is wrong. */
export interface Counterexample {
  readonly rule: string;
  readonly what: string;
  /** The moves that lead there, in their order; none shorter does. */
  readonly moves: readonly string[];
}

export interface ScopeReport {
  readonly work: Work;
  readonly begin: Begin;
  readonly depth: number;
  readonly faultsMax: number;
  /** States that differ, those at each depth summed. */
  readonly states: number;
  /** New states by depth. */
  readonly statesByDepth: readonly number[];
  readonly transitions: number;
  /** States at the last depth, each of which was let come to rest without more faults. */
  readonly rested: number;
  readonly cpuSeconds: number;
  readonly counterexample?: Counterexample;
}

/** One move of the path to a state; the path is followed backwards. */
interface Step {
  readonly before: Step | undefined;
  readonly move: number;
}
interface Reached {
  readonly step: Step | undefined;
  /** Which moves may come next, by their place among all. */
  readonly next: readonly number[];
}

/**
 * Makes every interleaving of at most `depth` moves, breadth first: what is wrong after a move is told by a shortest one. A state that was
 * reached before is not followed again. Worlds cannot be copied, so each is made by its moves from the beginning.
 */
export async function explore(options: ScopeOptions): Promise<ScopeReport> {
  const giveTurns = takeTurns();
  try {
    return await exploreAll(options);
  } finally {
    giveTurns();
  }
}

async function exploreAll(options: ScopeOptions): Promise<ScopeReport> {
  const cpu = process.cpuUsage();
  const seen = new Set<string>();
  const statesByDepth: number[] = [];
  let transitions = 0;
  let rested = 0;
  let counterexample: Counterexample | undefined;
  const first = await replay(options, []);
  seen.add(first.world.digest);
  let frontier: Reached[] = [{ step: undefined, next: first.next }];
  for (let depth = 1; depth <= options.depth && frontier.length > 0; depth++) {
    const reached: Reached[] = [];
    for (const { step, next } of frontier) {
      for (const move of next) {
        const here: Step = { before: step, move };
        const { world, next: then, names, error } = await replay(options, pathOf(here));
        transitions += 1;
        if (transitions % transitionsPerTurn === 0) await breathe();
        const wrong = wrongOf(world, names, error);
        if (wrong !== undefined) {
          counterexample = wrong;
          break;
        }
        const { digest } = world;
        if (seen.has(digest)) continue;
        seen.add(digest);
        reached.push({ step: here, next: then });
        if (depth < options.depth && then.length > 0) continue;
        rested += 1;
        const isAtRest = await comesToRest(world);
        counterexample = wrongOf(world, [...names, '(everything goes on without faults)'], undefined);
        if (counterexample === undefined && !isAtRest)
          counterexample = { rule: 'comes-to-rest', what: world.oracles.witness.open.join('; '), moves: names };
        if (counterexample !== undefined) break;
      }
      if (counterexample !== undefined) break;
    }
    statesByDepth.push(reached.length);
    if (counterexample !== undefined) break;
    frontier = reached;
  }
  const { user, system } = process.cpuUsage(cpu);
  const { work, begin, faultsMax } = options;
  return {
    ...{ work, begin, depth: statesByDepth.length, faultsMax, states: seen.size, statesByDepth, transitions, rested },
    cpuSeconds: Math.round((user + system) / 10_000) / 100,
    ...(counterexample !== undefined && { counterexample }),
  };
}

interface Replayed {
  readonly world: ScopeWorld;
  readonly names: readonly string[];
  readonly next: readonly number[];
  readonly error?: unknown;
}

/** A world made by its moves from the beginning. */
export async function replay(options: ScopeOptions, path: readonly number[]): Promise<Replayed> {
  forgetTurns();
  const world = await new ScopeWorld(options.work, options.dispatchers).begin(options.begin);
  const names: string[] = [];
  try {
    for (const at of path) {
      const move = movesOf(world)[at]!;
      names.push(move.name);
      if (move.fault !== undefined) world.faults += 1;
      await move.make();
      await world.settle();
    }
  } catch (error) {
    return { world, names, next: [], error };
  }
  return { world, names, next: mayFollow(world, options) };
}

function mayFollow(world: ScopeWorld, { faultsMax, without }: ScopeOptions): number[] {
  return movesOf(world).flatMap(({ fault }, at) => {
    const isAllowed = fault === undefined || (world.faults < faultsMax && without?.has(fault) !== true);
    return isAllowed ? [at] : [];
  });
}

function pathOf(step: Step): number[] {
  const path: number[] = [];
  for (let each: Step | undefined = step; each !== undefined; each = each.before) path.push(each.move);
  return path.reverse();
}

function wrongOf(world: ScopeWorld, moves: readonly string[], error: unknown): Counterexample | undefined {
  if (error !== undefined)
    return { rule: 'no-throw', what: error instanceof Error ? (error.stack ?? error.message) : String(error), moves };
  const [first] = world.oracles.violations;
  return first === undefined ? undefined : { ...first, moves };
}
