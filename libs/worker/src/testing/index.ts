export { BoardHeart } from '../heart/heart.js';
export { BoardView } from '../heart/board-view.js';
