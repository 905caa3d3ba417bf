/** The input of `mails.welcome`. */
export interface Welcome {
  readonly name: string;
  readonly address: string;
}
