import { Email } from '@kontora/validation'
import * as v from 'valibot'
import { ClientFault, type Fetch } from './read-requisites.ts'

const People = v.object({
  people: v.array(v.object({ userId: v.string(), email: v.fallback(v.nullable(Email), null) })),
})

type Options = { url: string; token: () => Promise<string>; fetch?: Fetch }

/** Undefined: `client` has no address of him, or does not give it. Asked at each call to the bank, and kept nowhere. */
export const createContactReader = ({ url, token, fetch: given }: Options) => {
  const send: Fetch = given ?? fetch
  const ask = async (userId: string): Promise<unknown> => {
    const response = await send(`${url.replace(/\/+$/, '')}/v1/addresses/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userIds: [userId] }),
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new ClientFault(String(response.status))
    return response.json()
  }
  return async (userId: string): Promise<string | undefined> => {
    const answer = await ask(userId).catch((error: unknown) => {
      throw error instanceof ClientFault ? error : new ClientFault('no answer')
    })
    const people = v.safeParse(People, answer)
    if (!people.success) throw new ClientFault('another answer')
    return people.output.people.find((person) => person.userId === userId)?.email ?? undefined
  }
}
