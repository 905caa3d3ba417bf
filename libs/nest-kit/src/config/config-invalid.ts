/** The environment does not describe a service that can run; one sentence for each variable at fault. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
  }
}
