import type { Context } from 'hono'
import * as v from 'valibot'
import { giveCookie, readCookie, takeCookie } from '../cookie.ts'
import type { Tokens } from './ask-auth.ts'
import type { PageClient } from './page-client.ts'

/** What this browser holds for us, sealed: scripts do not see it, and nobody else can read it. */
const Kept = v.object({ access: v.string(), refresh: v.string(), until: v.number() })
export type Kept = v.InferOutput<typeof Kept>

/** A sign-in under way, of which a browser may have some: one a tab. */
const Begun = v.array(v.object({ state: v.string(), verifier: v.string(), to: v.string() }))
export type Begun = v.InferOutput<typeof Begun>[number]

const keptSeconds = 30 * 24 * 60 * 60
const begunSeconds = 20 * 60
const mostBegun = 5

const cookieOf = ({ name, isSecure }: PageClient) => ({ name: `kontora-${name}`, isSecure })
const begunCookie = ({ name, isSecure }: PageClient) => ({ name: `kontora-${name}-sign-in`, isSecure })

const read = async <Schema extends v.GenericSchema>(
  { seal }: PageClient,
  schema: Schema,
  purpose: string,
  sealed: string | undefined,
): Promise<v.InferOutput<Schema> | undefined> => {
  if (sealed === undefined) return undefined
  const text = await seal.open(purpose, sealed).catch(() => 'null')
  const value: unknown = JSON.parse(text)
  return v.is(schema, value) ? value : undefined
}

export const readKept = (c: Context, client: PageClient): Promise<Kept | undefined> =>
  read(client, Kept, `${client.name} page`, readCookie(c, cookieOf(client)))

export const keep = async (
  c: Context,
  client: PageClient,
  { access, refresh, expiresInSeconds }: Tokens,
  now: Date,
): Promise<void> => {
  const kept: Kept = { access, refresh, until: now.getTime() + expiresInSeconds * 1000 }
  giveCookie(
    c,
    cookieOf(client),
    await client.seal.close(`${client.name} page`, JSON.stringify(kept)),
    keptSeconds,
  )
}

export const forget = (c: Context, client: PageClient): void => takeCookie(c, cookieOf(client))

const readBegun = async (c: Context, client: PageClient): Promise<Begun[]> =>
  (await read(client, Begun, `${client.name} sign-in`, readCookie(c, begunCookie(client)))) ?? []

const writeBegun = async (c: Context, client: PageClient, begun: Begun[]): Promise<void> =>
  giveCookie(
    c,
    begunCookie(client),
    await client.seal.close(`${client.name} sign-in`, JSON.stringify(begun)),
    begunSeconds,
  )

export const noteBegun = async (c: Context, client: PageClient, one: Begun): Promise<void> =>
  writeBegun(c, client, [one, ...(await readBegun(c, client))].slice(0, mostBegun))

/** Each is good for one coming back, in the browser that began it. */
export const takeBegun = async (
  c: Context,
  client: PageClient,
  state: string,
): Promise<Begun | undefined> => {
  const begun = await readBegun(c, client)
  const found = begun.find((one) => one.state === state)
  const left = begun.filter((one) => one !== found)
  if (found && left.length > 0) await writeBegun(c, client, left)
  if (found && left.length === 0) takeCookie(c, begunCookie(client))
  return found
}
