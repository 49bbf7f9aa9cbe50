import { type Letter, lettersTo, type Person } from './people.ts'
import { eventually, must, StoryFault, type World } from './world.ts'

type Back = { status: number; body: { accessToken?: string; linkId?: string; linkSecret?: string } }

const browser = async (url: string, cookie?: string): Promise<Response> =>
  fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(25_000),
    ...(cookie && { headers: { cookie } }),
  })

/** One way through the browser: to Сбер ID, agreed to there, and back. */
const goThrough = async (world: World, sberPerson: string): Promise<Back> => {
  const start = await browser(`${world.place.url}/auth/v1/sber-id/start`)
  const url = start.headers.get('location')
  if (start.status !== 303 || !url) throw new StoryFault(`Sign-in by Сбер ID does not start: ${start.status}`)
  const cookie = start.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const agreed = { body: { url, person: sberPerson } }
  const { redirect } = await world.post<{ redirect: string }>(world.at('sber-id', '/_sim/authorize'), agreed)
  const back = await browser(redirect, cookie)
  return { status: back.status, body: (await back.json()) as Back['body'] }
}

/** The first time a code joins this Сбер ID to the person who holds the address. */
export const joinSberId = async (world: World, person: Person, sberPerson: string): Promise<void> => {
  const { body } = await goThrough(world, sberPerson)
  const { linkId, linkSecret } = body
  const known = new Set((await lettersTo(world, person.email)).map(({ id }) => id))
  const { flowId, flowSecret } = await world.post<{ flowId: string; flowSecret: string }>('/auth/v1/codes', {
    body: { email: person.email },
  })
  const code = await eventually(world, 'the letter with the code', async () =>
    (await lettersTo(world, person.email))
      .filter(({ id }) => !known.has(id))
      .map(codeIn)
      .find(Boolean),
  )
  await world.post('/auth/v1/sber-id/link', { body: { linkId, linkSecret, flowId, flowSecret, code } })
}

const codeIn = ({ text }: Letter): string | undefined => /\b\d{6}\b/.exec(text)?.[0]

/** Сбер ID's code is spent by one try, so a person who is told to try again begins anew. Answers how often he was. */
export const signInBySberId = async (world: World, person: Person, sberPerson: string): Promise<number> => {
  let told = 0
  const token = await eventually(world, 'signed in by Сбер ID', async () => {
    const { status, body } = await goThrough(world, sberPerson)
    if (status === 200) return body.accessToken
    told++
    must(status === 401 || status === 503, `he is told to try again (it said ${status})`)
    await Bun.sleep(400)
    return undefined
  })
  const me = await world.get<{ userId: string }>('/client/v1/me', { token })
  must(me.userId === person.userId, 'Сбер ID signs in the person whom it was joined to')
  return told
}
