export { freePort } from '@kontora/embedded-postgres'
export { type TestDatabase, testDatabase } from './test-database.ts'
