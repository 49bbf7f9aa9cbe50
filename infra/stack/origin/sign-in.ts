import type { Place } from '../place.ts'

type Flow = { flowId: string; flowSecret: string }
type Letter = { id: string; text: string; createdAt: string }

const json = async <Body>(response: Response): Promise<Body> => {
  if (!response.ok) throw new Error(`${response.status} from ${new URL(response.url).pathname}`)
  return (await response.json()) as Body
}

const post = (url: string, body: object, token?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  })

const lettersTo = async (place: Place, email: string): Promise<Letter[]> => {
  const url = `${place.url}/_sim/resend/letters?to=${encodeURIComponent(email)}`
  return (await json<{ letters: Letter[] }>(await fetch(url))).letters
}

const codeIn = (letter: Letter): string | undefined => /\b\d{6}\b/.exec(letter.text)?.[0]

/** The code of the first letter that was not there before. */
export const awaitCode = async (
  place: Place,
  email: string,
  known: Set<string>,
  ms: number,
): Promise<string> => {
  const end = Date.now() + ms
  while (Date.now() < end) {
    for (const letter of await lettersTo(place, email)) {
      const code = known.has(letter.id) ? undefined : codeIn(letter)
      if (code) return code
    }
    await Bun.sleep(50)
  }
  throw new Error('No letter with a code came')
}

export const knownLetters = async (place: Place, email: string): Promise<Set<string>> =>
  new Set((await lettersTo(place, email)).map(({ id }) => id))

const readCode = async (place: Place, email: string, path: string, body: object, token?: string) => {
  const known = await knownLetters(place, email)
  const { flowId, flowSecret } = await json<Flow>(await post(`${place.url}${path}`, body, token))
  return { flowId, flowSecret, code: await awaitCode(place, email, known, 20_000) }
}

/** A person's whole way in: asks for a code, reads it in the mailbox, gives it back. */
export const signInByCode = async (place: Place, email: string): Promise<{ accessToken: string }> => {
  const code = await readCode(place, email, '/auth/v1/codes', { email })
  return json(await post(`${place.url}/auth/v1/sign-in`, code))
}

/** Sensitive things ask for a second proof of the last 5 minutes: a code once more. */
const proveByCode = async (place: Place, email: string, accessToken: string) => {
  const code = await readCode(place, email, '/auth/v1/second-proof/codes', {}, accessToken)
  const proof = { way: 'code', ...code }
  return json<{ accessToken: string }>(await post(`${place.url}/auth/v1/second-proof`, proof, accessToken))
}

/** `POST /_stack/sign-in {"email"}` */
export const signIn = async (request: Request, place: Place): Promise<Response> => {
  const body = (await request.json().catch(() => null)) as { email?: unknown } | null
  if (typeof body?.email !== 'string') return Response.json({ error: 'email: required' }, { status: 400 })
  try {
    const signedIn = await signInByCode(place, body.email)
    const { accessToken } = await proveByCode(place, body.email, signedIn.accessToken)
    return Response.json({ accessToken })
  } catch (error) {
    return Response.json({ error: error instanceof Error ? error.message : 'failed' }, { status: 503 })
  }
}
