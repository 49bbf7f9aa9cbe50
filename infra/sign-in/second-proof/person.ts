import { type Algorithm, createPasskey, type Passkey, type Twist } from '@kontora/simulators/passkey'
import { resolveFlows } from '../../../services/auth/src/codes/resolve-flows.ts'
import type { World } from '../../../services/auth/src/testing.node.ts'

export type Tokens = { accessToken: string; refreshToken: string }
export type Proof = { way: string } & Record<string, unknown>

const origin = 'https://kontora.test'
let network = 0

/** Somebody at his browser: what he can ask `auth` for over HTTP, and his mailbox. */
export const openPerson = async (world: World, email: string) => {
  // Each from a network of his own, or their guesses would be counted together.
  const from = { 'x-test-address': `10.${(network >> 16) & 255}.${(network >> 8) & 255}.${network++ & 255}` }
  world.invite(email)
  const signedIn = async (): Promise<Tokens> => world.signInAs(email, from)
  const first = await world.signInAs(email, from)

  const post = async (token: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID(), ...from }
    const answer = await world.post(path, body, headers)
    return { status: answer.status, body: (await answer.json()) as Record<string, never> }
  }
  const challengeAt = async (token: string, path: string, body: object = {}) =>
    (await post(token, path, body)).body as unknown as { challengeId: string; options: never }

  return {
    ...{ email, userId: first.userId, first, signedIn, post },
    refresh: async (refreshToken: string): Promise<Tokens> => {
      const answer = await world.form('/v1/token', {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
      })
      const tokens = (await answer.json()) as { access_token: string; refresh_token: string }
      return { accessToken: tokens.access_token, refreshToken: tokens.refresh_token }
    },
    askCode: async (token: string): Promise<Proof> => {
      const before = (await world.letters()).length
      const { body } = await post(token, '/v1/second-proof/codes', {})
      await resolveFlows(world.resources)
      const letter = (await world.letters()).slice(before).findLast((one) => one.email === email)
      return { way: 'code', flowId: body.flowId, flowSecret: body.flowSecret, code: letter?.code ?? '000000' }
    },
    addPasskey: async (token: string, algorithm: Algorithm): Promise<Passkey> => {
      const passkey = await createPasskey({ algorithm, origin })
      const made = await challengeAt(token, '/v1/passkeys/challenges', { accountName: email })
      const credential = await passkey.create(made.options)
      const body = { challengeId: made.challengeId, name: algorithm, credential }
      const { status } = await post(token, '/v1/passkeys', body)
      if (status !== 201) throw new Error(`A passkey was not added: ${status}`)
      return passkey
    },
    assert: async (token: string, passkey: Passkey, twist: Twist = {}): Promise<Proof> => {
      const { challengeId, options } = await challengeAt(token, '/v1/second-proof/challenges')
      return { way: 'passkey', challengeId, credential: await passkey.get(options, twist) }
    },
    /** For a challenge that was given for something else. */
    assertElsewhere: async (token: string, passkey: Passkey, path: string): Promise<Proof> => {
      const { challengeId, options } = await challengeAt(token, path, { accountName: email })
      return {
        way: 'passkey',
        challengeId,
        credential: await passkey.get({ rpId: 'kontora.test', ...(options as object) } as never),
      }
    },
    makeRecoveryCodes: async (token: string): Promise<string[]> =>
      (await post(token, '/v1/recovery-codes', {})).body.codes as unknown as string[],
    prove: async (token: string, proof: Proof): Promise<Tokens | number> => {
      const { status, body } = await post(token, '/v1/second-proof', proof)
      return status === 200 ? (body as unknown as Tokens) : status
    },
  }
}
export type Person = Awaited<ReturnType<typeof openPerson>>
