import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { ClientFault, type Fetch } from './read-requisites.ts'

export type Payer = { userId: string; inn: string | null; displayName: string }

/** Whom `client` knows by these ids or these ИНН; whoever is not in the answer is nobody to bill. Asked in batches. */
export type FindPayers = (wanted: { userIds?: string[]; inns?: string[] }) => Promise<Payer[]>

const Payers = v.object({
  people: v.array(v.object({ userId: Id, displayName: v.string(), inn: v.nullable(v.string()) })),
})

type Options = { url: string; token: () => Promise<string>; fetch?: Fetch }

const atOnce = 100
const sideBySide = 4

const batchesOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / atOnce) }, (_, i) =>
    items.slice(i * atOnce, (i + 1) * atOnce),
  )

/** We keep no name and no ИНН of anybody: they are asked for when a payment has to be told. */
export const createPayersFinder = ({ url, token, fetch: given }: Options): FindPayers => {
  const send: Fetch = given ?? fetch
  const ask = async (path: string, body: object): Promise<Payer[]> => {
    const response = await send(`${url.replace(/\/+$/, '')}/v1/requisites/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    if (!response.ok) throw new ClientFault(String(response.status))
    const payers = v.safeParse(Payers, await response.json())
    if (!payers.success) throw new ClientFault('another answer')
    return payers.output.people
  }
  const mustAsk = (path: string, body: object): Promise<Payer[]> =>
    ask(path, body).catch((error: unknown) => {
      throw error instanceof ClientFault ? error : new ClientFault('no answer')
    })
  return async ({ userIds = [], inns = [] }) => {
    const questions = [
      ...batchesOf(userIds).map((batch) => ['read', { userIds: batch }] as const),
      ...batchesOf(inns).map((batch) => ['find', { inns: batch }] as const),
    ]
    const found: Payer[] = []
    for (let start = 0; start < questions.length; start += sideBySide) {
      const some = questions.slice(start, start + sideBySide).map(([path, body]) => mustAsk(path, body))
      found.push(...(await Promise.all(some)).flat())
    }
    return found
  }
}
