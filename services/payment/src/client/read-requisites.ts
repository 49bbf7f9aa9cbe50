import type { Counterparty } from '@kontora/one-c'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { askClient, type ClientOptions } from './ask-client.ts'

/** Nothing: `client` has no such payer now. Whoever is blocked still is one. */
export type ReadRequisites = (userId: string) => Promise<Counterparty | undefined>

const Payers = v.object({
  people: v.array(
    v.object({
      userId: Id,
      displayName: v.string(),
      kind: v.picklist(['person', 'company']),
      inn: v.nullable(v.string()),
      kpp: v.nullable(v.string()),
    }),
  ),
})

/** Asked anew for each document: a name in 1С should be today's, and we keep none. */
export const createRequisitesReader =
  (options: ClientOptions): ReadRequisites =>
  async (userId) => {
    const { people } = await askClient(
      options,
      { path: 'requisites/read', body: { userIds: [userId] } },
      Payers,
    )
    return people.find((payer) => payer.userId === userId)
  }
