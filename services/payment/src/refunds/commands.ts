import type { Sql } from '@kontora/postgres'
import { Problem, parseInput, realChance } from '@kontora/service'
import { type Commands, ofWords, operator, reasonOf, type WithDatabase } from '../operator.ts'
import { RefundRequest, requestRefund } from './request-refund.ts'

/** A command has no key by which a repeat is known: one that says the same again is refused. */
const refuseRepeat = async (sql: Sql, { attemptId, amountKopecks, reason }: RefundRequest): Promise<void> => {
  const [same] = await sql<{ id: string; state: string }[]>`
    select id, state from refunds
    where attempt_id = ${attemptId} and amount_kopecks = ${amountKopecks} and reason = ${reason} and state <> 'failed'`
  if (same)
    throw new Problem(
      'conflict',
      `This refund was asked for already: ${same.id} is ${same.state}. Another one needs another reason`,
    )
}

export const refundCommands = (withDatabase: WithDatabase): Commands => ({
  'refund make': ofWords(
    'gives money of a settled attempt back',
    '<attemptId> <kopecks> <reason>',
    ([attemptId, kopecks, ...words]) =>
      withDatabase(async (sql) => {
        const said = { attemptId, amountKopecks: Number(kopecks), reason: reasonOf(words) }
        const wanted = parseInput(RefundRequest, said, 'refund')
        await refuseRepeat(sql, wanted)
        const { refundId, state } = await requestRefund({ ...realChance(), sql }, operator, wanted)
        return `${refundId} is ${state}`
      }),
  ),
})
