import { randomBytes } from 'node:crypto';

/** One broker's place in a cluster: who it is, where it listens, and who decides with it. */
export interface KafkaSeat {
  readonly clusterId: string;
  /** From 1. */
  readonly nodeId: number;
  readonly port: number;
  readonly controllerPort: number;
  /** All controllers, this one included; each broker is one. */
  readonly voters: readonly { readonly nodeId: number; readonly controllerPort: number }[];
}

/** Copies of everything that Kafka keeps for itself, and of topics that do not say how many they want: 3 where there are as many brokers. */
export function replicasOf({ voters }: Pick<KafkaSeat, 'voters'>): number {
  return Math.min(3, voters.length);
}

/** Sixteen random bytes as Kafka writes them; the first letter is fixed, because an id that begins with a dash reads as an option. */
export function newClusterId(): string {
  return `M${randomBytes(16).toString('base64url').slice(1)}`;
}
