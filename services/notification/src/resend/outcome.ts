/** `later`: it may or may not have been sent, the same call may be repeated. `refused`: this letter never will be. `parked`: our setting is wrong. */
export type Outcome =
  | { kind: 'sent'; providerId: string }
  | { kind: 'later'; reason: string; notBefore?: Date }
  | { kind: 'refused'; reason: string }
  | { kind: 'parked'; reason: string }

type Answer = {
  id: string | undefined
  error: { statusCode?: number | null; name?: string } | null
  headers: Record<string, string> | null
}

const ourSettings = new Set([
  'missing_api_key',
  'restricted_api_key',
  'invalid_api_key',
  'invalid_from_address',
  'invalid_access',
  'invalid_region',
  'invalid_idempotency_key',
  'monthly_quota_exceeded',
])

export const outcomeOf = ({ id, error, headers }: Answer, now: Date): Outcome => {
  if (!error) return id ? { kind: 'sent', providerId: id } : { kind: 'later', reason: 'unreadable answer' }
  const { statusCode } = error
  const name = /^[a-z_]{1,60}$/.test(error.name ?? '') ? (error.name ?? '') : 'unnamed'
  if (typeof statusCode !== 'number') return { kind: 'later', reason: 'no answer' }
  const reason = `${statusCode} ${name}`
  if (name === 'daily_quota_exceeded') return { kind: 'later', reason, notBefore: nextMidnight(now) }
  if (ourSettings.has(name) || [401, 403, 404, 405].includes(statusCode)) return { kind: 'parked', reason }
  if (statusCode === 429) return { kind: 'later', reason, ...askedToWait(headers, now) }
  if (statusCode >= 500 || statusCode === 408 || name === 'concurrent_idempotent_requests')
    return { kind: 'later', reason }
  return { kind: 'refused', reason }
}

const nextMidnight = (now: Date): Date =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))

const askedToWait = (headers: Answer['headers'], now: Date): { notBefore?: Date } => {
  const seconds = Number(headers?.['retry-after'])
  return seconds > 0 && seconds <= 86_400 ? { notBefore: new Date(now.getTime() + seconds * 1000) } : {}
}
