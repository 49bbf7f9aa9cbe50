import { makeRecoveryCodes } from '../../../services/auth/src/recovery-codes/make-recovery-codes.ts'
import type { World } from '../../../services/auth/src/testing.node.ts'
import { passkeyFormIn } from '../../../services/auth/src/testing-browser.node.ts'
import { type Both, codeIn, openBoth, signInByPage, wrong } from './page-ways.ts'
import { keepPasskey } from './proof-ways.ts'
import type { Person, Way } from './ways.ts'

const surely = { acr_values: 'urn:kontora:acr:second-proof', max_age: '300' }
type Passkey = Awaited<ReturnType<typeof keepPasskey>>
type Form = 'code' | 'recovery-code' | 'passkey'

const pageOf = ({ browser, application }: Both) => browser.get(application.url(surely))

/** Also where the page shows no such form. */
const sendTo = (both: Both, form: Form, fields: Record<string, string>) =>
  both.browser.post(both.application.url(surely).replace('/v1/authorize', `/v1/step-up/${form}`), fields)

/** What is proven is known in time: a stale feed would refuse everybody. */
const take =
  (world: World, both: Both, send: () => Promise<{ headers: Headers } | undefined>) => async () => {
    await world.testAccess.beat()
    const back = await send()
    return both.exchange(back && codeIn(back))
  }

const awaitProofCode = async (world: World, both: Both, { email }: Person): Promise<string> => {
  await world.testAccess.beat()
  // A known device has guesses of its own, which no strangers spend: [known-device] shows that.
  both.browser.cookies.delete('__Host-kontora-device')
  const before = (await world.letters()).length
  const key = crypto.randomUUID()
  await both.browser.post(both.application.url(surely).replace('/v1/authorize', '/v1/step-up/ask'), { key })
  await world.resolve()
  return (await world.letters()).slice(before).findLast((one) => one.email === email)?.code ?? '000000'
}

const byCode: Way = {
  locked: 'ends',
  begin: async (world, person) => {
    const both = await openBoth(world)
    await signInByPage(world, both, person)
    const code = await awaitProofCode(world, both, person)
    return {
      take: take(world, both, () => sendTo(both, 'code', { code })),
      spoil: () => sendTo(both, 'code', { code: wrong(code) }),
    }
  },
  unproven: async (world, person) => {
    const both = await openBoth(world)
    await signInByPage(world, both, person)
    const code = await awaitProofCode(world, both, person)
    return { take: take(world, both, () => sendTo(both, 'code', { code: wrong(code) })) }
  },
}

/** Strangers guess at codes in letters: those on paper have guesses of their own. */
const byRecoveryCode: Way = {
  locked: 'open amid',
  begin: async (world, person) => {
    const both = await openBoth(world)
    await signInByPage(world, both, person)
    const user = { machine: false, sessionId: undefined, clientId: 'portal', authTime: undefined }
    const [recovery = ''] = await makeRecoveryCodes(world.resources, { id: person.userId, ...user })
    return { take: take(world, both, () => sendTo(both, 'recovery-code', { recovery })) }
  },
  unproven: async (world, person) => {
    const both = await openBoth(world)
    await signInByPage(world, both, person)
    return { take: take(world, both, () => sendTo(both, 'recovery-code', { recovery: 'AAAABBBBCCCCDDDD' })) }
  },
}

type Signing = { passkey: Passkey; userId: string; forged: boolean }

const signed = async (page: { text: string }, { passkey, userId, forged }: Signing) => {
  const { options, fields } = passkeyFormIn(page)
  if (options === null) return undefined
  const userHandle = Buffer.from(userId).toString('base64url')
  return { ...fields, credential: JSON.stringify(await passkey.get(options, { userHandle, forged })) }
}

const prove = async (world: World, person: Person, forged: boolean) => {
  const both = await openBoth(world)
  await signInByPage(world, both, person)
  const signing = { passkey: await keepPasskey(world, person), userId: person.userId, forged }
  const early = await signed(await pageOf(both), signing)
  return {
    /** With what was signed before, and once more where that has become too old. */
    take: take(world, both, async () => {
      const first = early && (await sendTo(both, 'passkey', early))
      if (first && codeIn(first)) return first
      const late = await signed(await pageOf(both), signing)
      return late && sendTo(both, 'passkey', late)
    }),
  }
}

/** Nobody guesses a passkey. */
const byPasskey: Way = {
  locked: 'open amid',
  begin: (world, person) => prove(world, person, false),
  unproven: (world, person) => prove(world, person, true),
}

const signIn = async (world: World, person: Person, forged: boolean) => {
  const both = await openBoth(world)
  const passkey = await keepPasskey(world, person)
  const page = await both.browser.get(both.application.url())
  const fields = await signed(page, { passkey, userId: person.userId, forged })
  const { action } = passkeyFormIn(page)
  return { take: take(world, both, async () => fields && both.browser.post(action, fields)) }
}

const bySignIn: Way = {
  locked: 'open before',
  begin: (world, person) => signIn(world, person, false),
  unproven: (world, person) => signIn(world, person, true),
}

export const stepUpWays: Record<string, Way> = {
  'POST /v1/sign-in/by-passkey': bySignIn,
  'POST /v1/step-up/code': byCode,
  'POST /v1/step-up/recovery-code': byRecoveryCode,
  'POST /v1/step-up/passkey': byPasskey,
}
