export * from './database-error.js';
export * from './open-database.js';
export * from './pg-projection-store.js';
export * from './migrate.js';
export type { MigrationStatus } from './migration-history.js';
