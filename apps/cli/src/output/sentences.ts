interface Told {
  readonly message?: string;
  readonly detail?: string;
  readonly faults?: readonly { readonly path: string; readonly message: string; readonly line?: number | undefined }[];
}

/** What an error says to people: its sentence, then each fault with its place. Stacks are for bugs only. */
export function sentencesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { detail, faults = [], message } = error as Told;
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  const sentence = isBug ? (error.stack ?? error.message) : withCause(detail ?? message ?? String(error), error);
  return [sentence, ...faults.map((fault) => `  ${placeOf(fault)}${fault.message}`)];
}

function placeOf({ path, line }: NonNullable<Told['faults']>[number]): string {
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path])];
  return place.length === 0 ? '' : `${place.join(' ')}: `;
}

/** Node says `fetch failed` and hides in the cause who refused. */
function withCause(sentence: string, error: Error): string {
  let cause = error.cause;
  if (!sentence.endsWith('fetch failed')) return sentence;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const reasons = cause instanceof AggregateError ? cause.errors : [cause];
  const text = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join('; ');
  return sentence.replace(/fetch failed$/, `${text}.`);
}
