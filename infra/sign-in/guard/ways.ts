import { exportJWK, SignJWT } from 'jose'
import { issuer, type World } from '../../../services/auth/src/testing.node.ts'
import { pageWays } from './page-ways.ts'
import { proofWays } from './proof-ways.ts'
import { stepUpWays } from './step-up-ways.ts'

export type Person = { email: string; userId: string }
/** One way that is gone up to its last step; `spoil` wastes the guess that was set aside for it. */
export type Attempt = { take: () => Response | Promise<Response>; spoil?: () => unknown }

export type Way = {
  /** Everything that a person has to do before the last step; a code that was not sent is '000000'. */
  begin: (world: World, person: Person) => Promise<Attempt>
  /** The same for someone who has not proven that he is that person. */
  unproven: (world: World, person: Person) => Promise<Attempt>
  /**
   * Whether it ends when ten wrong guesses have used up the account's. Where nobody guesses it does not, or strangers would shut
   * the owner out of everything; then this says when they have guessed.
   */
  locked: 'ends' | 'open amid' | 'open before'
}

type Flow = { flowId: string; flowSecret: string; code: string }
const wrong = (code: string): string => (code === '000000' ? '000001' : '000000')
const codeOf = (flow: Flow): Flow => ({ ...flow, code: flow.code || '000000' })

const byCode: Way = {
  locked: 'ends',
  begin: async (world, { email }) => {
    const flow = codeOf(await world.askFor(email))
    return {
      take: () => world.post('/v1/sign-in', flow),
      spoil: () => world.post('/v1/sign-in', { ...flow, code: wrong(flow.code) }),
    }
  },
  unproven: async (world, { email }) => {
    const flow = await world.askFor(email)
    const stranger = await world.askFor('stranger@example.com')
    return { take: () => world.post('/v1/sign-in', { ...flow, code: stranger.code || wrong(flow.code) }) }
  },
}

const control = async (world: World, method: string, path: string, body: object): Promise<string> =>
  (await world.sber.app.request(path, { method, body: JSON.stringify(body) })).text()

/** Сбер ID, and another provider that speaks as it does. */
type At = { name: string; path: string }
const sber: At = { name: 'sber-id', path: '/v1/sber-id' }
const company: At = { name: 'company', path: '/v1/openid/company' }

const setUp = ({ resources }: World): void => {
  const { sberId } = resources
  if (sberId) resources.openids = [{ ...sberId, name: company.name, refresh: () => Promise.resolve() }]
}

/** Someone with this e-mail at the provider comes back from there. */
const comeBack = async (
  world: World,
  { path }: At,
  { email, userId }: Person,
): Promise<() => Promise<Response>> => {
  setUp(world)
  const person = `there-${userId}`
  await control(world, 'POST', '/_sim/people', { id: person, sub: person, email })
  const start = await world.get(`${path}/start`)
  const cookie = /^[^;]+/.exec(start.headers.get('set-cookie') ?? '')?.[0] ?? ''
  const url = start.headers.get('location')
  const text = await control(world, 'POST', '/_sim/authorize', { url, person })
  const { search } = new URL((JSON.parse(text) as { redirect: string }).redirect)
  return async () => world.get(`${path}/callback${search}`, { cookie })
}

type Confirm = { linkId: string; linkSecret: string }
const beginLink = async (world: World, at: At, person: Person): Promise<Confirm> => {
  const back = await comeBack(world, at, person)
  const { linkId, linkSecret } = (await (await back()).json()) as Confirm
  return { linkId, linkSecret }
}

const byLinkAt = (at: At): Way => ({
  locked: 'ends',
  begin: async (world, person) => {
    const confirm = await beginLink(world, at, person)
    const flow = codeOf(await world.askFor(person.email))
    return {
      take: () => world.post(`${at.path}/link`, { ...confirm, ...flow }),
      spoil: () => world.post(`${at.path}/link`, { ...confirm, ...flow, code: wrong(flow.code) }),
    }
  },
  /** With a code that was asked for before, and so for something else. */
  unproven: async (world, person) => {
    const flow = await world.askFor(person.email)
    world.pass(1000)
    const confirm = await beginLink(world, at, person)
    return { take: () => world.post(`${at.path}/link`, { ...confirm, ...flow }) }
  },
})

const byProvider = (at: At): Way => ({
  locked: 'open before',
  begin: async (world, person) => {
    const { sql, now } = world.resources
    const subject = `there-${person.userId}`
    // Of someone who is gone there is none.
    if (world.users.has(person.email))
      await sql`
      insert into identities ${sql({ provider: at.name, subject, userId: person.userId, linkedAt: now() })}
      on conflict do nothing`
    return { take: await comeBack(world, at, person) }
  },
  /** The same e-mail there proves nothing here. */
  unproven: async (world, person) => ({ take: await comeBack(world, at, person) }),
})

const refreshing = (world: World, refresh_token: string) => () =>
  world.form('/v1/token', { grant_type: 'refresh_token', refresh_token })

const byRefresh: Way = {
  locked: 'open amid',
  begin: async (world, { email }) => ({
    take: refreshing(world, (await world.signInAs(email)).refreshToken ?? 'none'),
  }),
  unproven: async (world, { email }) => {
    const { sessionId } = await world.signInAs(email)
    return { take: refreshing(world, Buffer.from(`${sessionId}.1.${'A'.repeat(43)}`).toString('base64url')) }
  },
}

const asMachine = async (world: World, name: string, key: CryptoKey): Promise<Attempt> => {
  const time = Math.floor(world.resources.now().getTime() / 1000)
  const claims = { iss: name, sub: name, aud: issuer, iat: time, exp: time + 60, jti: crypto.randomUUID() }
  const assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(key)
  const fields = {
    ...{ grant_type: 'client_credentials', audience: 'client', client_assertion: assertion },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  return { take: async () => world.form('/v1/token', fields) }
}

const newKey = () => crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']) as Promise<CryptoKeyPair>

/** A machine is known by its name, which stands where a person's id does. */
const byMachine: Way = {
  locked: 'open before',
  begin: async (world, { userId }) => {
    const { publicKey, privateKey } = await newKey()
    world.resources.machineClients.set(userId, await exportJWK(publicKey))
    return asMachine(world, userId, privateKey)
  },
  unproven: async (world, { userId }) => {
    world.resources.machineClients.set(userId, await exportJWK((await newKey()).publicKey))
    return asMachine(world, userId, (await newKey()).privateKey)
  },
}

/** By operation, and for the token endpoint by grant. */
export const ways: Record<string, Way> = {
  'POST /v1/sign-in': byCode,
  'GET /v1/sber-id/callback': byProvider(sber),
  'POST /v1/sber-id/link': byLinkAt(sber),
  'GET /v1/openid/{provider}/callback': byProvider(company),
  'POST /v1/openid/{provider}/link': byLinkAt(company),
  'POST /v1/token refresh_token': byRefresh,
  'POST /v1/token client_credentials': byMachine,
  ...pageWays,
  ...proofWays,
  ...stepUpWays,
}
