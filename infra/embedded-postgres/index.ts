export { freePort } from './free-port.ts'
export { endWithParent } from './run-command.ts'
export { type PostgresOptions, type RunningPostgres, startPostgres } from './start-postgres.ts'
