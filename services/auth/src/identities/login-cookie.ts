import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Resources } from '../resources.ts'
import { loginMs } from './provider-login.ts'

type Env = { Bindings: Resources }

const cookie = 'kontora-login'

/** Bound to this host and to https by its name, except on a laptop. Lax: the provider's redirect has to bring it back. */
const cookieOptions = <E extends Env>({ env: { secureCookies } }: Context<E>) => ({
  httpOnly: true,
  sameSite: 'Lax' as const,
  path: '/',
  ...(secureCookies && { secure: true, prefix: 'host' as const }),
})

export const giveSecret = <E extends Env>(c: Context<E>, browserSecret: string): void => {
  setCookie(c, cookie, browserSecret, { ...cookieOptions(c), maxAge: loginMs / 1000 })
  keepPrivate(c)
}

/** The secret is spent by its first use, so the cookie goes with it. */
export const takeSecret = <E extends Env>(c: Context<E>): string | undefined => {
  const secret = c.env.secureCookies ? getCookie(c, cookie, 'host') : getCookie(c, cookie)
  deleteCookie(c, c.env.secureCookies ? `__Host-${cookie}` : cookie, {
    path: '/',
    secure: c.env.secureCookies,
  })
  return secret
}

export const keepPrivate = <E extends Env>(c: Context<E>): void => {
  c.header('cache-control', 'no-store')
  c.header('referrer-policy', 'no-referrer')
}
