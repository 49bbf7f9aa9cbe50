import { base64url } from 'jose'
import type { Resources } from '../resources.ts'
import type { SberId } from '../sber-id/client.ts'
import { deriveSberLogin, type LinkTo, sberLoginMs } from './sber-login.ts'

/** Where to send the browser, and the secret that it has to bring back. */
export const startSberLogin = async (
  { sql, now, random, pepper }: Resources,
  sberId: SberId,
  linkTo?: LinkTo,
): Promise<{ url: string; browserSecret: string }> => {
  const browserSecret = base64url.encode(random(32))
  const login = await deriveSberLogin(pepper, browserSecret)
  const row = {
    browserHash: await pepper('sber-browser', browserSecret),
    expiresAt: new Date(now().getTime() + sberLoginMs),
    ...linkTo,
  }
  await sql`insert into sber_logins ${sql(row)}`
  return { url: sberId.authorizeUrl(login), browserSecret }
}
