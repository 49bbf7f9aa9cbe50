import { Email, Locale } from '@kontora/validation'
import * as v from 'valibot'

export type Person = { userId: string; email: string | null; displayName: string | null; locale: Locale }
export type People = { readAddresses: (userIds: string[]) => Promise<Map<string, Person>> }

export class ClientFault extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.name = 'ClientFault'
    this.code = code
  }
}

/** An address that is not one is that person's trouble, not that of the others in the batch. */
const Person = v.object({
  userId: v.string(),
  email: v.fallback(v.nullable(Email), null),
  displayName: v.fallback(v.nullable(v.string()), null),
  locale: v.fallback(Locale, 'ru'),
})
const Answer = v.object({ people: v.array(Person) })

type Fetch = (url: string, init: RequestInit) => Promise<Response>
type Options = { url: string; token: (audience: string) => Promise<string>; fetch: Fetch }

/** Addresses are asked for when they are needed; who is blocked or deleted is not in the answer. */
export const createPeople = ({ url, token, fetch }: Options): People => ({
  readAddresses: async (userIds) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/addresses/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('client')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userIds }),
      signal: AbortSignal.timeout(5000),
    }).catch(() => {
      throw new ClientFault('no-answer')
    })
    if (!response.ok) throw new ClientFault(`status-${response.status}`)
    const answer = v.safeParse(Answer, await response.json().catch(() => undefined))
    if (!answer.success) throw new ClientFault('unreadable')
    return new Map(answer.output.people.map((person) => [person.userId, person]))
  },
})
