/** Item 0 of every partition, written once by `topics apply`. `nonce` names this birth: our topic id. */
export interface PartitionBorn {
  readonly type: 'PartitionBorn';
  readonly cluster: string;
  readonly nonce: string;
  readonly partition: number;
  readonly partitions: number;
  readonly rules: number;
}

/** A dispatcher takes the partition: this append is the leader election. */
export interface PartitionClaimed {
  readonly type: 'PartitionClaimed';
  /** One more than the epoch in force. */
  readonly epoch: number;
  readonly nonce: string;
  /** The highest rules version that the claimant can fold. */
  readonly knows: number;
}

/**
 * An operator raises the rules of the partition. What follows in the same frame was read under the rules before it.
 */
export interface RulesAdvanced {
  readonly type: 'RulesAdvanced';
  /** One more than the rules in force. */
  readonly rules: number;
  /** Id of the command, the same in all partitions. */
  readonly command: string;
}

/**
 * An operator says that the records from offset `from` to below `to` are lost for good: folds pass over them. It lies after
 * the gap; readers that halted there look for it.
 */
export interface GapAccepted {
  readonly type: 'GapAccepted';
  readonly from: number;
  readonly to: number;
  /** Id of the command. */
  readonly command: string;
}
