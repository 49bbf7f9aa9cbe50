import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import type { Provider } from './provider.ts'
import { deriveLogin, type LinkTo, loginMs } from './provider-login.ts'
import { refusal } from './refusal.ts'

/** Where to send the browser, and the secret that it has to bring back. */
export const startLogin = async (
  resources: Resources,
  provider: Provider,
  linkTo?: LinkTo,
): Promise<{ url: string; browserSecret: string }> => {
  const { sql, now, random, pepper } = resources
  const browserSecret = base64url.encode(random(32))
  const login = await deriveLogin(pepper, provider.name, browserSecret)
  const url = await provider.authorizeUrl(login).catch(refusal(resources, provider))
  const row = {
    browserHash: await pepper('login-browser', browserSecret),
    provider: provider.name,
    expiresAt: new Date(now().getTime() + loginMs),
    ...linkTo,
  }
  await sql`insert into provider_logins ${sql(row)}`
  return { url, browserSecret }
}
