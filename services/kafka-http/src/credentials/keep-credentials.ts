import { Problem } from '@kontora/service'
import { patienceMs, within } from '../within.ts'
import type { Credential } from './credential.ts'

type Credentials = Map<string, Credential>
type Options = {
  now: () => Date
  read: () => Promise<Credentials>
  /** How long the last good set is used when it cannot be read anew. */
  maxAgeMs: number
}

const freshMs = 900
const rereadMs = 200
const waitMs = 300

/**
 * The credentials, read anew each second while somebody asks. When Postgres does not answer soon, the last good set goes
 * on. `fresh` is for who was not found in it: it is read anew, but not at the pace of those who guess.
 */
export const keepCredentials = ({ now, read, maxAgeMs }: Options) => {
  let kept: { credentials: Credentials; at: number } | undefined
  let triedAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const readAnew = (): Promise<void> => {
    triedAt = now().getTime()
    const at = triedAt
    reading ??= within(patienceMs, read())
      .then((credentials) => {
        kept = { credentials, at }
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  /** With a set at hand nobody waits long for a newer one, and a failure is tried again only after a while. */
  const refresh = async (olderThanMs: number): Promise<void> => {
    const time = now().getTime()
    if (!kept) return readAnew()
    if (time - kept.at < olderThanMs || (!reading && time - triedAt < olderThanMs)) return
    await within(
      waitMs,
      readAnew().catch(() => {}),
    ).catch(() => {})
  }
  return async (fresh = false): Promise<Credentials> => {
    await refresh(fresh ? rereadMs : freshMs)
    if (!kept || now().getTime() - kept.at > maxAgeMs)
      throw new Problem('unavailable', 'The credentials cannot be read', { retryAfterSeconds: 1 })
    return kept.credentials
  }
}
