import { Email } from '@kontora/validation'
import * as v from 'valibot'
import { askClient, type ClientOptions } from './ask-client.ts'

const People = v.object({
  people: v.array(v.object({ userId: v.string(), email: v.fallback(v.nullable(Email), null) })),
})

/** Undefined: `client` has no address of him, or does not give it. Asked at each call to the bank, and kept nowhere. */
export const createContactReader =
  (options: ClientOptions) =>
  async (userId: string): Promise<string | undefined> => {
    const { people } = await askClient(
      options,
      { path: 'addresses/read', body: { userIds: [userId] } },
      People,
    )
    return people.find((person) => person.userId === userId)?.email ?? undefined
  }
