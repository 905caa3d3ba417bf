import { fuzzSpec } from './fuzz-spec.ts';

fuzzSpec(['bodies', 'intake', 'workflows', 'streams', 'yaml']);
