import { Draws } from './draws.ts';
import { frames } from './read-frames.ts';
import { httpBodies, intake } from './read-requests.ts';
import { workflowStreams } from './read-streams.ts';
import { workflowJson, workflowYaml } from './read-workflows.ts';
import { shrink } from './shrink.ts';
import { PromiseBroken, type Target } from './target.ts';

export const targets: readonly Target[] = [frames, httpBodies, intake, workflowJson, workflowStreams, workflowYaml];

/** Of a thousand inputs, those that these targets get together. */
export function sharesOf(names: readonly string[] = targets.map(({ name }) => name)): number {
  return targets.filter(({ name }) => names.includes(name)).reduce((sum, { share }) => sum + share, 0);
}

export interface FuzzOptions {
  readonly seed: number;
  /** Of all targets together. */
  readonly inputs: number;
  readonly only?: readonly string[];
}

/** An input that broke something, small, and what brings it back. */
export interface Found {
  readonly target: string;
  /** Of this input alone: `--only <target> --seed <seed> --inputs 1`. */
  readonly seed: number;
  readonly error: string;
  /** Each chunk as JSON text where it is UTF-8, else in base64. */
  readonly chunks: readonly string[];
}

/** How many inputs each target read, and the first of each target that broke something. */
export function fuzz({ seed, inputs, only = targets.map(({ name }) => name) }: FuzzOptions): {
  readonly read: Readonly<Record<string, number>>;
  readonly found: readonly Found[];
} {
  const chosen = targets.filter(({ name }) => only.includes(name));
  const shares = sharesOf(only);
  const results = chosen.map((target) => ({
    target,
    ...fuzzTarget(target, seed, Math.ceil((inputs * target.share) / shares)),
  }));
  return {
    read: Object.fromEntries(results.map(({ target, read }) => [target.name, read])),
    found: results.flatMap(({ found }) => found ?? []),
  };
}

/** Reads at least so many inputs, up to the first that breaks something. */
export function fuzzTarget(target: Target, seed: number, inputs: number): { read: number; found?: Found } {
  let read = 0;
  for (let round = 0; read < inputs; round++) {
    const own = Math.imul(seed + round, 0x9e3779b1);
    const { chunks, inputs: count } = target.make(new Draws(round === 0 ? seed : own));
    const error = breaks(target, chunks);
    if (error !== undefined) {
      const small = shrink(chunks, (some) => sameKind(breaks(target, some), error));
      return {
        read,
        found: { target: target.name, seed: round === 0 ? seed : own, error: String(error), chunks: small.map(shown) },
      };
    }
    read += count;
  }
  return { read };
}

/** What reading throws that it should not, or that it leaves behind, which is taken away again. */
function breaks(target: Target, chunks: readonly Uint8Array[]): unknown {
  try {
    target.read(chunks);
    return pollution();
  } catch (error) {
    return error;
  }
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const membersBefore = prototypes.map((each) => new Set(Reflect.ownKeys(each)));
const countBefore = membersBefore.reduce((sum, { size }) => sum + size, 0);

function pollution(): PromiseBroken | undefined {
  let count = 0;
  for (const each of prototypes) count += Reflect.ownKeys(each).length;
  if (count === countBefore) return undefined;
  prototypes.forEach((each, index) => {
    for (const key of Reflect.ownKeys(each)) if (!membersBefore[index]!.has(key)) Reflect.deleteProperty(each, key);
  });
  return new PromiseBroken('Expected prototypes to stay as they are, but one gained or lost a member.');
}

function sameKind(one: unknown, other: unknown): boolean {
  return (
    one instanceof Error &&
    other instanceof Error &&
    one.name === other.name &&
    one.message.slice(0, 20) === other.message.slice(0, 20)
  );
}

function shown(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  return Buffer.from(text).equals(bytes) ? JSON.stringify(text) : `base64:${Buffer.from(bytes).toString('base64')}`;
}
