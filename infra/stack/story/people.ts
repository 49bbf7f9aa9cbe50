import { eventually, must, type World } from './world.ts'

export type Letter = { id: string; to: string | string[]; subject: string; text: string; html: string }
export type Person = { email: string; userId: string; token: string }

export const lettersTo = async (world: World, email: string): Promise<Letter[]> => {
  const url = world.at('resend', `/_sim/letters?to=${encodeURIComponent(email)}`)
  return (await world.get<{ letters: Letter[] }>(url)).letters
}

/** A letter whose subject is of this kind and whose text holds this besides. */
export const awaitLetter = (
  world: World,
  email: string,
  what: string,
  subjectOf: RegExp,
  holds: RegExp = /./,
): Promise<Letter> =>
  eventually(world, `a letter: ${what}`, async () =>
    (await lettersTo(world, email)).find(
      ({ subject, text }) => subjectOf.test(subject) && holds.test(`${subject}\n${text}`),
    ),
  )

const codeIn = ({ text }: Letter): string | undefined => /\b\d{6}\b/.exec(text)?.[0]

type Flow = { flowId: string; flowSecret: string }
type SignedIn = { accessToken: string; userId: string }

/** Has a code sent, and reads it in the mailbox. */
const readCode = async (world: World, email: string, ask: () => Promise<Flow>) => {
  const before = new Set((await lettersTo(world, email)).map(({ id }) => id))
  const { flowId, flowSecret } = await ask()
  const code = await eventually(world, 'the letter with the code', async () => {
    const fresh = (await lettersTo(world, email)).filter(({ id }) => !before.has(id))
    return fresh.map(codeIn).find(Boolean)
  })
  return { flowId, flowSecret, code }
}

/** Asks for a code, reads it in the mailbox, gives it back. */
export const signIn = async (world: World, email: string): Promise<Person> => {
  const body = await readCode(world, email, () => world.post('/auth/v1/codes', { body: { email } }))
  const { accessToken } = await world.post<SignedIn>('/auth/v1/sign-in', { body })
  const me = await world.get<{ userId: string; email: string }>('/client/v1/me', { token: accessToken })
  must(me.email === email, 'the token is of the person who asked')
  return { email, userId: me.userId, token: accessToken }
}

/** With the second proof that refunds, grants and the like ask for: a code once more. */
export const signInToManage = async (world: World, email: string): Promise<Person> => {
  const { token, ...person } = await signIn(world, email)
  const proof = await readCode(world, email, () =>
    world.post('/auth/v1/second-proof/codes', { token, body: {} }),
  )
  const { accessToken } = await world.post<SignedIn>('/auth/v1/second-proof', {
    token,
    body: { way: 'code', ...proof },
  })
  return { ...person, token: accessToken }
}
