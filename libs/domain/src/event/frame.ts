import type { Instant } from '../ids.js';
import type { Event } from './event.js';

/** An item of a frame as the decoder gives it: an event, or bytes that are none. */
export type Item = Event | Unreadable;
export interface Unreadable {
  readonly type: 'unreadable';
  /** Kebab-case; see `unreadableCauses` in protocol. */
  readonly cause: string;
  readonly detail: string;
}

/** A frame as the decoder gives it. `by` is empty and `seq` 0 where the frame itself was unreadable. */
export interface Frame {
  /** Writer incarnation. */
  readonly by: string;
  /** 1, 2, ... per writer and partition. */
  readonly seq: number;
  /** The writer's clock. */
  readonly now: Instant;
  readonly items: readonly Item[];
}
