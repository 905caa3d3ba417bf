/** All entries of a partition's account: entries = accepted + rejected + quarantined. */
export function entriesOf(account: {
  readonly accepted: number;
  readonly rejected: number;
  readonly quarantined: number;
}): number {
  return account.accepted + account.rejected + account.quarantined;
}
