import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** `isSecure` is false on a laptop alone: then the cookie lacks `__Host-`, which would want https. */
type Cookie = { name: string; isSecure: boolean }

export const readCookie = (c: Context, { name, isSecure }: Cookie): string | undefined =>
  isSecure ? getCookie(c, name, 'host') : getCookie(c, name)

/** Bound to this host, unseen by scripts, brought along when another site sends the browser here by a link. */
export const giveCookie = (
  c: Context,
  { name, isSecure }: Cookie,
  value: string,
  maxAgeSeconds: number,
): void =>
  setCookie(c, name, value, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: maxAgeSeconds,
    ...(isSecure && { secure: true, prefix: 'host' as const }),
  })

export const takeCookie = (c: Context, { name, isSecure }: Cookie): void => {
  deleteCookie(c, isSecure ? `__Host-${name}` : name, { path: '/', secure: isSecure })
}
