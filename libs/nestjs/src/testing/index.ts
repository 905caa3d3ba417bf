export { TaskBench } from './task-bench.js';
