export { BoardHeart } from '../heart/heart.js';
export { BoardView } from '../heart/board-view.js';
export { HandFedTaskSource } from './hand-fed-task-source.js';
