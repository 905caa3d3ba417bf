export * from './fresh-database.js';
export * from './read-projection.js';
