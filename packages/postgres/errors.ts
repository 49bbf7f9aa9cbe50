const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** 55P03: `lock_timeout` ran out, or `nowait` found a lock. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03'

/** 23505, of this constraint when one is named. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  codeOf(error) === '23505' &&
  (constraint === undefined || (error as { constraint_name?: string }).constraint_name === constraint)

const lost = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

/** The server is away, restarting or full: the same question may be asked again later. */
export const isConnectionLost = (error: unknown): boolean => lost.has(codeOf(error))
