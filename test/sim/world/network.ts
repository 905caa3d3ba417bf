import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Brokers } from './brokers.ts';

/** What processes reach the brokers through. */
export interface Network {
  readonly brokers: Brokers;
  readonly faults: FaultPlan;
}
