export { type Chance, realChance } from './chance.ts'
export {
  commonSettings,
  machineSettings,
  PostgresUrl,
  refuseTestHosts,
  workerSettings,
} from './common-settings.ts'
export { type BaseResources, createApp } from './create-app.ts'
export { expectationOf } from './expectation.ts'
export { createHealth, type DegradedCheck, type Health } from './health.ts'
export { type Anew, idempotent } from './idempotent.ts'
export { keyOfToken } from './key-of-token.ts'
export { createLog, type Log, type LogFields, reasonOf } from './log.ts'
export { createMachineTokens } from './machine-token.ts'
export { openApiDocument } from './openapi/document.ts'
export { describe, describes, type Operation } from './openapi/operation.ts'
export { PageOf, pageFields, pageOf } from './page.ts'
export { Problem, type ProblemCode, type ProblemDetails, problemResponse } from './problem.ts'
export { type RateLimit, rateLimitHeaders } from './rate-limit.ts'
export { remoteKeys } from './remote-keys.ts'
export { createSeal, type Seal } from './seal.ts'
export {
  NumberSetting,
  readSettings,
  SettingsError,
  type SettingsOf,
  type SettingsTable,
  setting,
  settingsRows,
} from './settings.ts'
export { Claims, createTokenVerifier, type TokenVerifier } from './tokens.ts'
export { currentTrace, newTrace, parseTraceparent, type Trace, traceparent, withTrace } from './trace.ts'
export { parseInput, validate } from './validate.ts'
