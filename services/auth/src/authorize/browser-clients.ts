import * as v from 'valibot'

/** An application in a browser. Each address counts to the letter (RFC 9700 section 2.1). */
export type BrowserClient = { redirectUris: string[]; signOutUris: string[] }
export type BrowserClients = Map<string, BrowserClient>

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** https, or a laptop; with no fragment, which would be lost, and no name and password. */
const isReturnAddress = (text: string): boolean => {
  if (!URL.canParse(text) || text.includes('#')) return false
  const { protocol, hostname, username, password, href } = new URL(text)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))
  return isSafe && username === '' && password === '' && href === text
}

const Address = v.pipe(v.string(), v.maxLength(500), v.check(isReturnAddress))
const ClientId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/))
/** Named as OAuth names them (RFC 7591, OpenID Connect RP-Initiated Logout). */
const Clients = v.record(
  ClientId,
  v.strictObject({
    redirect_uris: v.pipe(v.array(Address), v.minLength(1)),
    post_logout_redirect_uris: v.optional(v.array(Address), []),
  }),
)

/** JSON of a setting. */
export const BrowserClientsText = v.pipe(
  v.optional(v.string(), '{}'),
  v.rawTransform(({ dataset, addIssue, NEVER }): BrowserClients => {
    try {
      const read = v.parse(Clients, JSON.parse(dataset.value))
      return new Map(
        Object.entries(read).map(([id, { redirect_uris, post_logout_redirect_uris }]) => [
          id,
          { redirectUris: redirect_uris, signOutUris: post_logout_redirect_uris },
        ]),
      )
    } catch {
      addIssue({
        message:
          'JSON: client id → {"redirect_uris": […], "post_logout_redirect_uris": […]}, whole https addresses',
      })
      return NEVER
    }
  }),
)

/** A laptop's address has no business in production. */
export const namesLoopback = (clients: BrowserClients): boolean =>
  [...clients.values()].some(({ redirectUris, signOutUris }) =>
    [...redirectUris, ...signOutUris].some((uri) => loopback.test(new URL(uri).hostname)),
  )
