import type { Passkey, Twist } from '@kontora/simulators/passkey'
import type { Person, Proof, Tokens } from './person.ts'

export type WrongProof = { name: string; make: () => Promise<Proof | undefined> }

/** Whoever has a passkey, in a session that was proven too long ago. */
export type Holder = {
  person: Person
  passkey: Passkey
  session: Tokens
  /** A code of his session, asked for before he had the passkey, and still good. */
  early: Proof
  /** An assertion that was taken. */
  used: Proof
  /** The first of them is used. */
  codes: string[]
}

const twists: Record<string, Twist> = {
  'another origin': { origin: 'https://kontora.test.example' },
  'an origin below ours': { origin: 'https://evil.kontora.test' },
  'another domain': { rpId: 'kontora.example' },
  'an invented challenge': { challenge: 'A'.repeat(43) },
  'the type of a registration': { type: 'webauthn.create' },
  'a frame in another page': { crossOrigin: true },
  'nobody present': { userPresent: false },
  'no user verification': { userVerified: false },
  'the counter back': { counter: 1 },
  'the counter at nought': { counter: 0 },
  'a forged signature': { forged: true },
  'another user’s handle': { userHandle: 'AAAA' },
  'a credential that nobody has': { credentialId: 'A'.repeat(43) },
  'a backup that was not possible': { backupEligible: true, backedUp: true },
}

export const wrongAssertions = (one: Holder, other: Holder): WrongProof[] => {
  const { person, passkey, session, used } = one
  const token = session.accessToken
  const bent = Object.entries(twists).map(([name, twist]) => ({
    name,
    make: () => person.assert(token, passkey, twist),
  }))
  return [
    { name: 'no proof', make: async () => undefined },
    { name: 'a replayed assertion', make: async () => used },
    { name: 'another person’s passkey', make: () => person.assert(token, other.passkey) },
    {
      name: 'another person’s challenge',
      make: () => other.person.assert(other.session.accessToken, passkey),
    },
    {
      name: 'another person’s proof',
      make: () => other.person.assert(other.session.accessToken, other.passkey),
    },
    { name: 'another person’s replayed assertion', make: async () => other.used },
    {
      name: 'a challenge of another session',
      make: async () => person.assert((await person.signedIn()).accessToken, passkey),
    },
    {
      name: 'a challenge of a sign-in',
      make: () => person.assertElsewhere(token, passkey, '/v1/sign-in/passkey/challenges'),
    },
    ...bent,
  ]
}

export const wrongCodes = (one: Holder, other: Holder): WrongProof[] => [
  { name: 'a letter’s code in a passkey’s place', make: async () => one.early },
  { name: 'a recovery code twice', make: async () => ({ way: 'recovery-code', code: one.codes[0] }) },
  {
    name: 'another person’s recovery code',
    make: async () => ({ way: 'recovery-code', code: other.codes[1] }),
  },
  {
    name: 'an invented recovery code',
    make: async () => ({ way: 'recovery-code', code: 'AAAA-BBBB-CCCC-DDDD' }),
  },
]

/** Of somebody without a passkey. */
export const wrongLetters = (
  person: Person,
  session: Tokens,
  other: Person,
  signInCode: () => Promise<Proof>,
): WrongProof[] => [
  { name: 'a sign-in’s code', make: signInCode },
  {
    name: 'the code of another session',
    make: async () => person.askCode((await person.signedIn()).accessToken),
  },
  { name: 'another person’s code', make: async () => other.askCode((await other.signedIn()).accessToken) },
  {
    name: 'a wrong code',
    make: async () => {
      const proof = await person.askCode(session.accessToken)
      return { ...proof, code: proof.code === '111111' ? '222222' : '111111' }
    },
  },
]
