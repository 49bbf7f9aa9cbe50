export { freePort } from '@kontora/embedded-postgres'
export { simulatedBase } from './simulated-base.ts'
export { simulatedSeller, simulatedSellerId } from './simulated-seller.ts'
export { type TestDatabase, testDatabase } from './test-database.ts'
