import { createPasskey, type RequestOptions } from '@kontora/simulators/passkey'
import type { World } from '../../../services/auth/src/testing.node.ts'
import type { Person, Way } from './ways.ts'

type Asked = { flowId: string; flowSecret: string }
type Challenge = { challengeId: string; challengeSecret: string; options: RequestOptions }

/** Of someone who is gone there is none. */
export const keepPasskey = async (world: World, { email, userId }: Person) => {
  const passkey = await createPasskey({ algorithm: 'ES256', origin: 'https://kontora.test' })
  const { sql, newId, now } = world.resources
  const row = { id: newId(), userId, credentialId: passkey.id, publicKey: passkey.publicKey }
  const kept = { counter: 0, transports: sql.json([]), backupEligible: false, backedUp: false }
  if (world.users.has(email))
    await sql`insert into passkeys ${sql({ ...row, ...kept, name: 'Ключ', addedAt: now() })}`
  return passkey
}

const assertion = async (world: World, person: Person, forged: boolean) => {
  const passkey = await keepPasskey(world, person)
  const asked = await world.post('/v1/sign-in/passkey/challenges', {})
  const { challengeId, challengeSecret, options } = (await asked.json()) as Challenge
  const userHandle = Buffer.from(person.userId).toString('base64url')
  const credential = await passkey.get(options, { userHandle, forged })
  return { take: () => world.post('/v1/sign-in/passkey', { challengeId, challengeSecret, credential }) }
}

/** Nobody guesses a passkey, so no guesses shut its owner out. */
const byPasskey: Way = {
  locked: 'open before',
  begin: (world, person) => assertion(world, person, false),
  unproven: (world, person) => assertion(world, person, true),
}

const wrong = (code: string): string => (code === '000000' ? '000001' : '000000')

const secondProof = async (world: World, { email }: Person) => {
  const { accessToken } = await world.signInAs(email)
  await world.testAccess.beat()
  const bearer = { authorization: `Bearer ${accessToken}` }
  const before = (await world.letters()).length
  const asked = (await (await world.post('/v1/second-proof/codes', {}, bearer)).json()) as Asked
  await world.resolve()
  const code = (await world.letters()).slice(before).findLast((one) => one.email === email)?.code ?? '000000'
  const give = (given: string) => () => {
    const { flowId, flowSecret } = asked
    return world.post('/v1/second-proof', { way: 'code', flowId, flowSecret, code: given }, bearer)
  }
  return { take: give(code), spoil: give(wrong(code)) }
}

const bySecondProof: Way = {
  locked: 'ends',
  begin: secondProof,
  unproven: async (world, person) => ({ take: (await secondProof(world, person)).spoil }),
}

export const proofWays: Record<string, Way> = {
  'POST /v1/sign-in/passkey': byPasskey,
  'POST /v1/second-proof': bySecondProof,
}
