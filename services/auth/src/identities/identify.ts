import type { Resources } from '../resources.ts'
import { isSame } from '../secrets/pepper.ts'
import { type Person, type Provider, tryAgain } from './provider.ts'
import { deriveLogin, type LinkTo } from './provider-login.ts'
import { refusal } from './refusal.ts'

/** What the browser brought back from the provider. `error` stands in place of `code` when it was refused there. */
export type BroughtBack = {
  browserSecret: string | undefined
  state: string
  code: string | undefined
  error?: string | undefined
  iss?: string | undefined
}

/** Who came, and the signed-in person who began this login to link him, if anyone did. */
export type Identified = { person: Person; wanted: LinkTo | undefined }

/** Asks the provider who came, once for each login and outside any transaction. */
export const identify = async (
  resources: Resources,
  provider: Provider,
  { browserSecret, state, code, error, iss }: BroughtBack,
): Promise<Identified> => {
  if (browserSecret === undefined) throw tryAgain(provider)
  // It may have begun where the pepper was not replaced yet.
  const { accepted } = resources.pepper
  const logins = await Promise.all(accepted.map((hash) => deriveLogin(hash, provider.name, browserSecret)))
  const login = logins.find((one) => isSame(state, one.state))
  const spent = login && (await spendLogin(resources, provider, browserSecret))
  if (!spent) throw tryAgain(provider)
  if (code === undefined || error !== undefined) {
    resources.log.info('provider-declined', { provider: provider.name, reason: reasonOf(error) })
    throw tryAgain(provider)
  }
  const { verifier, nonce } = login
  const asked = provider.identify({ code, issuer: iss, verifier, nonce })
  return { person: await asked.catch(refusal(resources, provider)), wanted: linkToOf(spent) }
}

const declined = ['invalid_request', 'unauthorized_client', 'unsupported_response_type', 'invalid_scope']

/** Anyone can write into the address: only words that are known reach the log. */
const reasonOf = (error: string | undefined): string =>
  [...declined, 'access_denied'].find((word) => word === error) ?? 'other'

type Spent = { userId: string | null; sessionId: string | null }

const linkToOf = ({ userId, sessionId }: Spent): LinkTo | undefined =>
  userId !== null && sessionId !== null ? { userId, sessionId } : undefined

const spendLogin = async (
  { sql, now, pepper }: Resources,
  { name }: Provider,
  browserSecret: string,
): Promise<Spent | undefined> => {
  const [spent] = await sql<Spent[]>`
    delete from provider_logins
    where browser_hash in ${sql(await pepper.each('login-browser', browserSecret))} and provider = ${name}
      and expires_at > ${now()}
    returning user_id, session_id`
  return spent
}
