import { accessFromTables } from '../../../packages/access/index.ts'
import { connect } from '../../../packages/postgres/index.ts'
import { app } from '../../../services/auth/src/app.ts'
import { resolveFlows } from '../../../services/auth/src/codes/resolve-flows.ts'
import { createKeyring } from '../../../services/auth/src/keys/keyring.ts'
import type { Resources } from '../../../services/auth/src/resources.ts'
import { openWorld } from '../../../services/auth/src/testing.node.ts'
import { watchGuesses } from './watch-guesses.ts'

export type Flow = { flowId: string; flowSecret: string }
export type Headers = Record<string, string>

/** As many addresses as an attack may have: the network of a call is what its own proxy would tell. */
export const from = (address: number): Headers => ({
  'x-test-address': `10.${(address >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`,
})

/** The same text each time: two hands with one browser's name are one device to a refresh. */
export const browser = (name: string): Headers => ({ 'user-agent': name })

/** Never the right one. */
export const wrongCode = (code: string | undefined, below: number): string => {
  const drawn = String(below).padStart(6, '0')
  return drawn === code ? String((below + 1) % 1_000_000).padStart(6, '0') : drawn
}

/** Two instances of `auth` on one database, each with its own pool and keys, over HTTP; their clock is passed on by hand. */
export const openStand = async () => {
  const world = await openWorld()
  const { now } = world.resources
  const sql = connect(world.url, { max: 10, name: 'auth of another instance' })
  const other = { ...world.resources, sql, access: accessFromTables(sql, now) }
  const replicas: Resources[] = [world.resources, { ...other, keyring: createKeyring(other) }]
  const servers = replicas.map((resources) =>
    Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => app.fetch(request, resources) }),
  )
  const watch = await watchGuesses(world.ownerSql)

  let turn = 0
  /** By either instance, in turns. */
  const urlOf = (path: string): string => `${servers[turn++ % servers.length]?.url.origin}${path}`
  const post = (path: string, body: object, headers: Headers = {}): Promise<Response> =>
    fetch(urlOf(path), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const form = (path: string, fields: Record<string, string>, headers: Headers = {}): Promise<Response> =>
    fetch(urlOf(path), { method: 'POST', body: new URLSearchParams(fields), headers })
  const get = (path: string, headers: Headers = {}): Promise<Response> => fetch(urlOf(path), { headers })

  const resolveAll = async (): Promise<void> => {
    for (const resources of replicas) while ((await resolveFlows(resources)) > 0);
  }
  /** Undefined when the address may not ask now. */
  const ask = async (email: string, headers: Headers = {}): Promise<Flow | undefined> => {
    const answer = await post('/v1/codes', { email }, headers)
    const { flowId = '', flowSecret = '' } = (await answer.json()) as Partial<Flow>
    return answer.status === 202 ? { flowId, flowSecret } : undefined
  }
  const mustAsk = async (email: string, headers: Headers = {}) => {
    const flow = await ask(email, headers)
    if (!flow) throw new Error('The address may not ask for a code now')
    await resolveAll()
    return { ...flow, code: (await world.codeOf(flow.flowId)) ?? '' }
  }
  /** `isCounted`: it says itself that it was a try at this code. */
  const answerTo = async ({ flowId, flowSecret }: Flow, code: string, headers: Headers = {}) => {
    const answer = await post('/v1/sign-in', { flowId, flowSecret, code }, headers)
    await answer.arrayBuffer()
    const isCounted = answer.headers.get('ratelimit')?.startsWith('"code"') ?? false
    return { status: answer.status, isCounted }
  }
  const guess = async (flow: Flow, code: string, headers: Headers = {}): Promise<number> =>
    (await answerTo(flow, code, headers)).status
  const sessionsOf = async (userId: string): Promise<number> => {
    const [row] = await world.sql<{ n: number }[]>`
      select count(*)::integer as n from sessions where user_id = ${userId}`
    return row?.n ?? 0
  }
  const close = async () => {
    for (const server of servers) await server.stop(true)
    await sql.end({ timeout: 1 })
    await world.close()
  }
  return {
    ...{ world, replicas, watch, now, pass: world.pass },
    ...{ post, form, get, ask, mustAsk, answerTo, guess, resolveAll, sessionsOf, close },
  }
}
export type Stand = Awaited<ReturnType<typeof openStand>>
