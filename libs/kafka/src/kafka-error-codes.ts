/** Error codes of the Kafka protocol that mean something to us. */
export const kafkaErrorCodes = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorUnavailable: 15,
  notCoordinator: 16,
  recordListTooLarge: 18,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  memberIdRequired: 79,
} as const;

const movedLeader: ReadonlySet<number> = new Set([5, 6, 9, 56, 74, 75, 78]);

/** The partition is led elsewhere, or is being moved: ask for metadata again. */
export function isMovedLeader(code: number): boolean {
  return movedLeader.has(code);
}
