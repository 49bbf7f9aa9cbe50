import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { SberId, SberPerson } from '../sber-id/client.ts'
import { SberIdFault } from '../sber-id/sber-id-fault.ts'
import { isSame } from '../secrets/pepper.ts'
import { deriveSberLogin, type LinkTo } from './sber-login.ts'

/** What the browser brought back from Сбер ID. `error` stands in place of `code` when it was refused there. */
export type BroughtBack = {
  browserSecret: string | undefined
  state: string
  code: string | undefined
  error?: string | undefined
}

/** Who came, and the signed-in person who began this login to link him, if anyone did. */
export type Identified = { person: SberPerson; wanted: LinkTo | undefined }

export const tryAgain = () => new Problem('not-signed-in', 'Сбер ID has not confirmed who this is; try again')

/** Asks Сбер ID who came, once for each login and outside any transaction. */
export const identify = async (
  resources: Resources,
  sberId: SberId,
  { browserSecret, state, code, error }: BroughtBack,
): Promise<Identified> => {
  if (browserSecret === undefined) throw tryAgain()
  const login = await deriveSberLogin(resources.pepper, browserSecret)
  const spent = isSame(state, login.state) && (await spendLogin(resources, browserSecret))
  if (!spent) throw tryAgain()
  if (code === undefined || error !== undefined) {
    resources.log.info('sber-id-declined', { reason: reasonOf(error) })
    throw tryAgain()
  }
  const rquid = resources.newId().replaceAll('-', '')
  const { verifier, nonce } = login
  const asked = sberId.identify({ code, verifier, nonce, rquid, now: resources.now() })
  return { person: await asked.catch(refusal(resources)), wanted: linkToOf(spent) }
}

const declined = ['invalid_request', 'unauthorized_client', 'unsupported_response_type', 'invalid_scope']

/** Anyone can write into the address: only words that are known reach the log. */
const reasonOf = (error: string | undefined): string =>
  [...declined, 'access_denied'].find((word) => word === error) ?? 'other'

const refusal =
  ({ log }: Resources) =>
  (error: unknown): never => {
    if (!(error instanceof SberIdFault)) throw error
    log.warn('sber-id-failed', { reason: error.message }, error)
    if (error.code !== 'unreachable') throw tryAgain()
    throw new Problem('unavailable', 'Сбер ID cannot be reached; try again', { retryAfterSeconds: 5 })
  }

type Spent = { userId: string | null; sessionId: string | null }

const linkToOf = ({ userId, sessionId }: Spent): LinkTo | undefined =>
  userId !== null && sessionId !== null ? { userId, sessionId } : undefined

const spendLogin = async (
  { sql, now, pepper }: Resources,
  browserSecret: string,
): Promise<Spent | undefined> => {
  const [spent] = await sql<Spent[]>`
    delete from sber_logins
    where browser_hash = ${await pepper('sber-browser', browserSecret)} and expires_at > ${now()}
    returning user_id, session_id`
  return spent
}
