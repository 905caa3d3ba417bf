export { HandFedTaskSource } from './hand-fed-task-source.js';
