import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { askClient, type ClientOptions } from './ask-client.ts'

export type Payer = { userId: string; inn: string | null; displayName: string }

/** Whom `client` knows by these ids or these ИНН; whoever is not in the answer is nobody to bill. Asked in batches. */
export type FindPayers = (wanted: { userIds?: string[]; inns?: string[] }) => Promise<Payer[]>

const Payers = v.object({
  people: v.array(v.object({ userId: Id, displayName: v.string(), inn: v.nullable(v.string()) })),
})

const atOnce = 100
const sideBySide = 4

const batchesOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / atOnce) }, (_, i) =>
    items.slice(i * atOnce, (i + 1) * atOnce),
  )

/** We keep no name and no ИНН of anybody: they are asked for when a payment has to be told. */
export const createPayersFinder = (options: ClientOptions): FindPayers => {
  const ask = async (path: string, body: object): Promise<Payer[]> =>
    (await askClient(options, { path: `requisites/${path}`, body, timeoutMs: 10_000 }, Payers)).people
  return async ({ userIds = [], inns = [] }) => {
    const questions = [
      ...batchesOf(userIds).map((batch) => ['read', { userIds: batch }] as const),
      ...batchesOf(inns).map((batch) => ['find', { inns: batch }] as const),
    ]
    const found: Payer[] = []
    for (let start = 0; start < questions.length; start += sideBySide) {
      const some = questions.slice(start, start + sideBySide).map(([path, body]) => ask(path, body))
      found.push(...(await Promise.all(some)).flat())
    }
    return found
  }
}
