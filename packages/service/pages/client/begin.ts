import type { Context } from 'hono'
import { base64url } from 'jose'
import type { Chance } from '../../chance.ts'
import { Problem } from '../../problem.ts'
import { noteBegun } from './kept.ts'
import { callbackOf, type PageClient } from './page-client.ts'

export type PageResources = Chance & {
  /** Undefined where no pages are set up. */
  pages: PageClient | undefined
}
export type PageEnv = { Bindings: PageResources }

export const clientOf = <E extends PageEnv>({ env: { pages } }: Context<E>): PageClient => {
  if (!pages) throw new Problem('not-found', 'There are no pages here')
  return pages
}

/** Of the browser's address of these pages; nothing where there are none. */
export const originOfPages = ({ pages }: PageResources): string => (pages ? new URL(pages.url).origin : '')

/** What it takes to ask `auth` as this service. */
export const askingOf = <E extends PageEnv>(c: Context<E>) => ({
  ...clientOf(c),
  now: c.env.now,
  newId: c.env.newId,
})

/** A path of ours and nothing that a browser could read as another host. */
export const isOwnPath = (path: string): boolean =>
  /^\/(?![/\\])[\x21-\x7e]{0,199}$/.test(path) && !path.includes('\\')

/** To `auth`'s page, and from there back to `to`. */
export const beginSignIn = async <E extends PageEnv>(
  c: Context<E>,
  to: string,
  more: Record<string, string> = {},
): Promise<Response> => {
  const client = clientOf(c)
  const state = base64url.encode(c.env.random(16))
  const verifier = base64url.encode(c.env.random(32))
  await noteBegun(c, client, { state, verifier, to: isOwnPath(to) ? to : client.home })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const wanted = new URLSearchParams({
    response_type: 'code',
    client_id: client.name,
    redirect_uri: callbackOf(client),
    state,
    code_challenge: base64url.encode(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ...more,
  })
  c.header('cache-control', 'no-store')
  return c.redirect(`${client.issuer}/v1/authorize?${wanted}`, 303)
}
