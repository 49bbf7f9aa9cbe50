export { createServiceDatabase, roleOf, type ServiceDatabase } from './create-database.node.ts'
export { migrate, pendingMigrations } from './migrate.node.ts'
export {
  type Migration,
  type MigrationFile,
  type MigrationStep,
  readMigrations,
} from './read-migrations.node.ts'
