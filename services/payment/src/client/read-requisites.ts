import type { Counterparty } from '@kontora/one-c'
import { Id } from '@kontora/validation'
import * as v from 'valibot'

export type Fetch = (url: string, init?: RequestInit) => Response | Promise<Response>

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

export class ClientFault extends Error {
  constructor(reason: string) {
    super(`client: ${reason}`)
    this.name = 'ClientFault'
  }
}

type Options = { url: string; token: () => Promise<string>; fetch?: Fetch }

/** Asked anew for each document: a name in 1С should be today's, and we keep none. */
export const createRequisitesReader = ({ url, token, fetch: given }: Options): ReadRequisites => {
  const send: Fetch = given ?? fetch
  const ask = async (userId: string): Promise<unknown> => {
    const response = await send(`${url.replace(/\/+$/, '')}/v1/requisites/read`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userIds: [userId] }),
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    })
    if (!response.ok) throw new ClientFault(String(response.status))
    return response.json()
  }
  return async (userId) => {
    const answer = await ask(userId).catch((error: unknown) => {
      throw error instanceof ClientFault ? error : new ClientFault('no answer')
    })
    const payers = v.safeParse(Payers, answer)
    if (!payers.success) throw new ClientFault('another answer')
    return payers.output.people.find((payer) => payer.userId === userId)
  }
}
