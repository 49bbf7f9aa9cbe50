import type { Sql } from '@kontora/postgres'
import { parseInput, readSettings, realChance } from '@kontora/service'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { type Commands, ofWords, operator, reasonOf, type WithDatabase } from '../operator.ts'
import { receiptSettings } from '../receipts/open-fiscal.ts'
import { matchTransfer, TransferMatch } from './match-transfer.ts'
import { unmatchTransfer } from './unmatch-transfer.ts'

const most = 200
const State = v.picklist(['unidentified', 'matched', 'booked'])

type Line = {
  id: string
  bookedOn: string
  direction: string
  kind: string
  amountKopecks: number
  matchedKopecks: number
  reason: string | null
}

const list = async (sql: Sql, word = 'unidentified'): Promise<string> => {
  const state = parseInput(State, word, 'state')
  const rows = await sql<Line[]>`
    select id, booked_on::text as booked_on, direction, kind, amount_kopecks, matched_kopecks, reason from transfers
    where state = ${state} and gone_at is null order by id desc limit ${most}`
  const lines = rows.map(({ id, bookedOn, direction, kind, amountKopecks, matchedKopecks, reason }) =>
    [id, bookedOn, direction, kind, `${amountKopecks - matchedKopecks} of ${amountKopecks} kopecks`, reason]
      .filter(Boolean)
      .join('  '),
  )
  return lines.join('\n') || `none ${state}`
}

/** The third word is a sum where it is a number; without one it is all that is left of the transfer. */
const matchOf = ([invoiceId, ...words]: string[]): TransferMatch => {
  const [first = ''] = words
  const isSum = /^\d+$/.test(first)
  const said = {
    invoiceId,
    ...(isSum && { amountKopecks: Number(first) }),
    reason: reasonOf(words.slice(isSum ? 1 : 0)),
  }
  return parseInput(TransferMatch, said, 'match')
}

/** `env`: whether money of a transfer wants a receipt. */
export const transferCommands = (withDatabase: WithDatabase, env: unknown): Commands => ({
  'transfer list': {
    about: 'the newest 200 lines of statements: unidentified (if not said), matched or booked',
    takes: '[state]',
    run: (state) => withDatabase((sql) => list(sql, state)),
  },
  'transfer match': ofWords(
    'says for which invoice a transfer is; all that is left of it, unless a sum is said',
    '<transferId> <invoiceId> [kopecks] <reason>',
    ([id, ...words]) =>
      withDatabase(async (sql) => {
        const { RECEIPTS } = readSettings({ RECEIPTS: receiptSettings.RECEIPTS }, env)
        const resources = { ...realChance(), sql, fiscal: RECEIPTS === 'none' ? undefined : {} }
        const what = { transferId: parseInput(Id, id, 'transferId'), ...matchOf(words) }
        return `${id} is ${(await matchTransfer(resources, operator, what)).state}`
      }),
  ),
  'transfer unmatch': ofWords(
    'takes back what a transfer was matched to',
    '<transferId> <reason>',
    ([id, ...words]) =>
      withDatabase(async (sql) => {
        const what = { transferId: parseInput(Id, id, 'transferId'), reason: reasonOf(words) }
        return `${id} is ${(await unmatchTransfer({ ...realChance(), sql }, operator, what)).state}`
      }),
  ),
})
