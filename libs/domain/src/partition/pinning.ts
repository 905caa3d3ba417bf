import type { Dag } from '../dag/dag.js';
import { DefinitionReading } from '../dag/definition-reading.js';
import { PlanGathering } from '../dag/plan-workflow.js';
import type { WorkflowVersion } from '../ids.js';

/** Parts of a workflow version that is not complete yet. What lies in a row from the first part is read as it comes. */
export class Pinning {
  readonly parts: (string | undefined)[];
  missing: number;
  readonly #reading = new DefinitionReading(() => new PlanGathering());
  #read = 0;

  constructor(of: number) {
    this.parts = new Array<string | undefined>(of).fill(undefined);
    this.missing = of;
  }

  /** A part that is not there yet. */
  add(part: number, body: string): void {
    this.parts[part] = body;
    this.missing -= 1;
    for (let next = this.parts[this.#read]; next !== undefined; next = this.parts[this.#read]) {
      this.#reading.add(next);
      this.#read += 1;
    }
  }

  /** Of all parts; undefined where they are not this version, or no valid workflow. Called once. */
  plan(version: WorkflowVersion): Dag | undefined {
    return this.#reading.end(version, () => this.whole);
  }

  get whole(): string {
    return this.parts.join('');
  }
}
