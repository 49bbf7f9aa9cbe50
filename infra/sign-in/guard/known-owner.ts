import { lettersTo } from '../../stack/story/people.ts'
import type { WholeStack } from './whole-stack.ts'

type Flow = { flowId: string; flowSecret: string }

/** A person with his browser: what he has from his first sign-in is its cookie. */
export const createOwner = ({ world, place }: WholeStack, email: string) => {
  let cookie = ''

  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${place.url}/auth${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', 'user-agent': 'owner', ...(cookie && { cookie }) },
      signal: AbortSignal.timeout(20_000),
    })

  /** The newest letter's that has not been seen: strangers' letters come to the same mailbox. */
  const newCode = async (seen: Set<string>): Promise<string> => {
    for (const end = Date.now() + 20_000; Date.now() < end; await Bun.sleep(15)) {
      const letter = (await lettersTo(world, email)).find(({ id }) => !seen.has(id))
      const code = letter && /\b\d{6}\b/.exec(letter.text)?.[0]
      if (!code) continue
      seen.add(letter.id)
      return code
    }
    throw new Error('The letter with the code does not come')
  }

  const guess = async (flow: Flow, code: string): Promise<number> => {
    const answer = await post('/v1/sign-in', { ...flow, code })
    await answer.arrayBuffer()
    cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? cookie
    return answer.status
  }

  /** Asks, waits for the letter, types its code: how long that took, or why it did not work. */
  const signIn = async (): Promise<{ ms: number; fault?: string }> => {
    const seen = new Set((await lettersTo(world, email)).map(({ id }) => id))
    const begun = performance.now()
    const asked = await post('/v1/codes', { email })
    if (asked.status !== 202) return { ms: performance.now() - begun, fault: `asking: ${asked.status}` }
    const { flowId, flowSecret } = (await asked.json()) as Flow
    for (;;) {
      const status = await guess({ flowId, flowSecret }, await newCode(seen))
      if (status === 200) return { ms: performance.now() - begun }
      if (status !== 401) return { ms: performance.now() - begun, fault: `guessing: ${status}` }
      // It was a stranger's: as long as the next guess has to wait.
      await Bun.sleep(1000)
    }
  }
  return { signIn }
}
