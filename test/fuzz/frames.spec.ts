import { fuzzSpec } from './fuzz-spec.ts';

fuzzSpec(['frames']);
