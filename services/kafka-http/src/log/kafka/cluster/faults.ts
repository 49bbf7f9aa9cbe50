type Nested = { apiId?: unknown; errors?: unknown; cause?: unknown }

/** Names of Kafka's error codes within what the library throws: it nests them. */
export const codesOf = (error: unknown, depth = 0): string[] => {
  if (typeof error !== 'object' || error === null || depth > 5) return []
  const { apiId, errors, cause } = error as Nested
  const inner = [...(Array.isArray(errors) ? errors : []), cause]
  return [...(typeof apiId === 'string' ? [apiId] : []), ...inner.flatMap((each) => codesOf(each, depth + 1))]
}

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codesOf(error).some((code) => codes.includes(code))

/** Without a code of Kafka's it is the network: the broker is away, hangs, or has closed the connection. */
export const isAway = (error: unknown): boolean => codesOf(error).length === 0

/** The group's coordinator is elsewhere, or not there yet. */
export const isCoordinatorGone = (error: unknown): boolean =>
  isAway(error) ||
  hasCode(
    error,
    'NOT_COORDINATOR',
    'COORDINATOR_NOT_AVAILABLE',
    'COORDINATOR_LOAD_IN_PROGRESS',
    'REQUEST_TIMED_OUT',
  )

/** What only time mends: a broker, a leader or a coordinator that is not there. */
export class KafkaAway extends Error {
  override name = 'KafkaAway'
}

/** Anything else that is thrown is a bug of ours. */
export const isKafkas = (error: unknown): boolean =>
  error instanceof KafkaAway ||
  codesOf(error).length > 0 ||
  (error instanceof Error && 'code' in error && /^(PLT_KFK_|E[A-Z]+$)/.test(String(error.code)))
