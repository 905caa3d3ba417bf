import type { RuleMaker } from '../rule.js';
import { accounting } from './accounting.js';
import { dispatchedOnce } from './dispatched-once.js';
import { epochs } from './epochs.js';
import { legalTransitions } from './legal-transitions.js';

/** The table of contents: every rule that is judged. */
export const everyRule: readonly RuleMaker[] = [accounting, epochs, legalTransitions, dispatchedOnce];
