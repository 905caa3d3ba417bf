/** Steps to a place in a document: keys and indexes. */
export type Steps = readonly PropertyKey[];

/** `tasks[2].dependsOn[0]` as steps. */
export function stepsOfPath(path: string): Steps {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, key, index]) => key ?? Number(index));
}

/** Steps as `tasks[2].dependsOn[0]`. */
export function pathOfSteps(steps: Steps): string {
  return steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}
