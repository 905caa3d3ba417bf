/** Waits for all, halts the others at the first failure, and throws that one. */
export async function allOrFirstFailure(all: readonly Promise<unknown>[], halt: AbortController): Promise<void> {
  let first: { readonly error: unknown } | undefined;
  const watched = all.map((each) =>
    each.catch((error: unknown) => {
      first ??= { error };
      halt.abort(error);
    }),
  );
  await Promise.all(watched);
  if (first !== undefined) throw first.error;
}
