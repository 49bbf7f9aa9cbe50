import type { Sql } from '@kontora/postgres'
import { parseInput, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import { type Commands, ofWords, operator, reasonOf, type WithDatabase } from '../operator.ts'
import { AttemptDecision, decideAttempt } from './decide-attempt.ts'
import { decideMove, MoveDecision } from './decide-move.ts'
import { Decision, decideRefund } from './decide-refund.ts'
import { readAttention } from './read-attention.ts'

const resourcesOf = (sql: Sql) => ({ ...realChance(), sql })

const list = async (sql: Sql): Promise<string> => {
  const waiting = await readAttention(sql)
  const lines = waiting.map(({ subject, id, attemptId, amountKopecks, reason, since }) =>
    [
      since.toISOString(),
      subject.padEnd(9),
      id,
      `attempt ${attemptId}`,
      amountKopecks && `${amountKopecks} kopecks`,
      reason,
    ]
      .filter(Boolean)
      .join('  '),
  )
  return lines.join('\n') || 'nothing waits for a person'
}

/** `settled <kopecks> <card or sbp> <reason>` or `failed <reason>`. */
const attemptDecision = ([outcome, ...words]: string[]): AttemptDecision => {
  if (outcome !== 'settled')
    return parseInput(AttemptDecision, { outcome, reason: reasonOf(words) }, 'decision')
  const [kopecks, way, ...reason] = words
  const said = { outcome, amountKopecks: Number(kopecks), way, reason: reasonOf(reason) }
  return parseInput(AttemptDecision, said, 'decision')
}

/** What an operator says where the bank said nothing. */
export const decisionCommands = (withDatabase: WithDatabase): Commands => ({
  attention: {
    about: 'what waits for a person: attempts in quarantine, unknown refunds and moves of holds',
    run: () => withDatabase(list),
  },
  'attempt decide': ofWords(
    'says what became of an attempt in quarantine: settled <kopecks> <card|sbp> <reason>, or failed <reason>',
    '<attemptId> <outcome> …',
    ([id, ...words]) =>
      withDatabase(async (sql) => {
        const attemptId = parseInput(Id, id, 'attemptId')
        const decision = attemptDecision(words)
        return `${id} is ${(await decideAttempt(resourcesOf(sql), operator, attemptId, decision)).outcome}`
      }),
  ),
  'refund decide': ofWords(
    'says what became of an unknown refund',
    '<refundId> <settled|failed> <reason>',
    ([id, outcome, ...words]) =>
      withDatabase(async (sql) => {
        const refundId = parseInput(Id, id, 'refundId')
        const decision = parseInput(Decision, { outcome, reason: reasonOf(words) }, 'decision')
        return `${id} is ${(await decideRefund(resourcesOf(sql), operator, refundId, decision)).outcome}`
      }),
  ),
  'hold-move decide': ofWords(
    'gives up an unknown move of a hold',
    '<moveId> failed <reason>',
    ([id, outcome, ...words]) =>
      withDatabase(async (sql) => {
        const moveId = parseInput(Id, id, 'moveId')
        const decision = parseInput(MoveDecision, { outcome, reason: reasonOf(words) }, 'decision')
        return `${id} is ${(await decideMove(resourcesOf(sql), operator, moveId, decision)).outcome}`
      }),
  ),
})
