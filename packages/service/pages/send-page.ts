import type { Context } from 'hono'
import { html } from 'hono/html'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { style } from './style.ts'

type Page = {
  status?: ContentfulStatusCode
  /** Origins besides ours to which an answer to one of its forms may send on: browsers hold `form-action` against those too. */
  sendsTo?: string[] | undefined
  /** The one file whose code may run on it: a page without is one without any script. */
  script?: string | undefined
  /** The addresses that this script may ask. */
  asks?: string[] | undefined
}

let styleHash: string | undefined

/** Asked for by the first page: a worker may not hash before its first request. */
const hashOfStyle = async (): Promise<string> => {
  if (styleHash) return styleHash
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  styleHash = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return styleHash
}

const policy = async ({ sendsTo, script, asks }: Page): Promise<string> =>
  [
    "default-src 'none'",
    `style-src 'sha256-${await hashOfStyle()}'`,
    'img-src data:',
    ...(script ? [`script-src ${script}`] : []),
    ...(asks ? [`connect-src ${asks.join(' ')}`] : []),
    `form-action ${sendsTo ? ["'self'", ...new Set(sendsTo)].join(' ') : "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Neither kept nor framed. With `no-referrer` a browser calls the origin of a form `null`: such pages say `same-origin`. */
export const sendPage = async (
  c: Context,
  page: JSX.Element,
  { status = 200, ...wish }: Page = {},
): Promise<Response> => {
  c.header('cache-control', 'no-store')
  c.header('content-security-policy', await policy(wish))
  c.header('referrer-policy', wish.sendsTo ? 'same-origin' : 'no-referrer')
  c.header('x-content-type-options', 'nosniff')
  c.header('vary', 'Accept-Language', { append: true })
  return c.html(html`<!doctype html>${page}`, status)
}

/** Whoever asks for a page; all others are told in JSON. */
export const isPerson = (c: Context): boolean => /\btext\/html\b/.test(c.req.header('accept') ?? '')
