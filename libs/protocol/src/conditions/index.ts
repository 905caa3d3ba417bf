export {
  readCondition,
  ConditionUnsound,
  ConditionUndecided,
  type Condition,
  type ConditionScope,
} from './condition.js';
export { reviewConditions } from './review-conditions.js';
