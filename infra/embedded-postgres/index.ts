export { freePort } from './free-port.ts'
export { type PostgresOptions, type RunningPostgres, startPostgres } from './start-postgres.ts'
