import { extract } from './extract.js';
import { load } from './load.js';
import { transform } from './transform.js';
import { validate } from './validate.js';

/** Handlers by name, as `workflow.json` names them. */
export const handlers = {
  'etl.extract': extract,
  'etl.transform': transform,
  'etl.validate': validate,
  'etl.load': load,
};
