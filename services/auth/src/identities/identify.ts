import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { SberId, SberPerson } from '../sber-id/client.ts'
import { SberIdFault } from '../sber-id/sber-id-fault.ts'
import { isSame } from '../secrets/pepper.ts'
import { deriveSberLogin } from './sber-login.ts'

/** What the browser brought back from Сбер ID. `error` stands in place of `code` when it was refused there. */
export type BroughtBack = { browserSecret: string | undefined; state: string; code: string | undefined }

export const tryAgain = () => new Problem('not-signed-in', 'Сбер ID has not confirmed who this is; try again')

/** Asks Сбер ID who came, once for each login and outside any transaction. */
export const identify = async (
  resources: Resources,
  sberId: SberId,
  { browserSecret, state, code }: BroughtBack,
): Promise<SberPerson> => {
  if (browserSecret === undefined) throw tryAgain()
  const login = await deriveSberLogin(resources.pepper, browserSecret)
  if (!isSame(state, login.state) || !(await spendLogin(resources, browserSecret)) || code === undefined)
    throw tryAgain()
  const rquid = resources.newId().replaceAll('-', '')
  const { verifier, nonce } = login
  return sberId.identify({ code, verifier, nonce, rquid, now: resources.now() }).catch((error: unknown) => {
    if (!(error instanceof SberIdFault)) throw error
    resources.log.warn('sber-id-failed', { reason: error.message }, error)
    if (error.code !== 'unreachable') throw tryAgain()
    throw new Problem('unavailable', 'Сбер ID cannot be reached; try again', { retryAfterSeconds: 5 })
  })
}

const spendLogin = async ({ sql, now, pepper }: Resources, browserSecret: string): Promise<boolean> => {
  const spent = await sql`
    delete from sber_logins
    where browser_hash = ${await pepper('sber-browser', browserSecret)} and expires_at > ${now()}
    returning browser_hash`
  return spent.length === 1
}
