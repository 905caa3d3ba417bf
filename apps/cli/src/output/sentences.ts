interface Told {
  readonly message?: string;
  readonly detail?: string;
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
}

/** What an error says to people: its sentence, then each fault with its place. Stacks are for bugs only. */
export function sentencesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const { detail, faults = [], message } = error as Told;
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  const sentence = isBug ? (error.stack ?? error.message) : (detail ?? message ?? String(error));
  return [sentence, ...faults.map((fault) => `  ${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`)];
}
