export { createServiceDatabase, roleOf, type ServiceDatabase } from './create-database.node.ts'
export { migrate, pendingMigrations } from './migrate.node.ts'
export { type MigrationFile, readMigrations } from './read-migrations.node.ts'
