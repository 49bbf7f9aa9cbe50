const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** 55P03: `lock_timeout` ran out, or `nowait` found a lock. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03'

/** 23505, of this constraint when one is named. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  codeOf(error) === '23505' &&
  (constraint === undefined || (error as { constraint_name?: string }).constraint_name === constraint)

/** Class 22: Postgres can never take this value, however often it is asked. */
export const isUnstorable = (error: unknown): boolean => /^22[0-9A-Z]{3}$/.test(codeOf(error))

const lost = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // A primary that has just become a standby.
  '25006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
])

/** The server is away, restarting or full: the same question may be asked again later. */
export const isConnectionLost = (error: unknown): boolean => {
  const code = codeOf(error)
  return lost.has(code) || /^08[0-9A-Z]{3}$/.test(code)
}
