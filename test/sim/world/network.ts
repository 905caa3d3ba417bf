import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Deliveries } from '../oracles/deliveries.ts';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import type { Brokers } from './brokers.ts';
import type { SimProcess } from './sim-process.ts';

/** What processes reach the brokers through. */
export interface Network {
  readonly brokers: Brokers;
  readonly faults: FaultPlan;
  /** A worker of that process has moved the group's position in a task topic. */
  readonly passed: (process: SimProcess, log: InMemoryPartition, from: number, to: number) => void;
  /** Hears of what is sent to task topics and handed over from them. */
  readonly deliveries: Deliveries;
}
