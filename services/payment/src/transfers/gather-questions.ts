import type { Payer } from '../client/find-payers.ts'
import type { Resources } from '../resources.ts'
import type { DueTransfer } from './claim-transfers.ts'
import { innsIn, type Mention, mentionsIn } from './invoice-mentions.ts'
import type { MatchQuestion, PayableInvoice } from './match.ts'
import { type NumberKey, readNamed, readOwed } from './read-payable.ts'

export type AskedTransfer = { transfer: DueTransfer; question: MatchQuestion }

const keyOf = ({ legalEntityId, year, count }: NumberKey) => `${legalEntityId} ${year} ${count}`

/** A bare number is of the year that was told with it, else of this year or of the last. */
const yearsOf = ({ year, issuedOn }: Mention, bookedOn: string): number[] => {
  if (year !== null) return [year]
  if (issuedOn !== null) return [Number(issuedOn.slice(0, 4))]
  const paidIn = Number(bookedOn.slice(0, 4))
  return [paidIn, paidIn - 1]
}

const keysOf = ({ legalEntityId, bookedOn }: DueTransfer, mentions: Mention[]): NumberKey[] =>
  mentions.flatMap((mention) =>
    yearsOf(mention, bookedOn).map((year) => ({ legalEntityId, year, count: mention.count })),
  )

/** One invoice is one object, so that what is left of it after one transfer is what the next one finds. */
const oneObjectEach = (invoices: PayableInvoice[]) => {
  const known = new Map(invoices.map((invoice) => [invoice.invoiceId, invoice]))
  return (some: PayableInvoice[] | undefined): PayableInvoice[] =>
    (some ?? []).map((invoice) => known.get(invoice.invoiceId) ?? invoice)
}

const unique = <Item>(items: readonly Item[]): Item[] => [...new Set(items)]

/** All that the rules need of a batch, in a handful of questions: invoices by number, payers by ИНН, what these owe. */
export const gatherQuestions = async (
  { sql, findPayers }: Pick<Resources, 'sql' | 'findPayers'>,
  due: readonly DueTransfer[],
): Promise<AskedTransfer[]> => {
  const read = due.map((transfer) => {
    const mentions = mentionsIn(transfer.purpose)
    return { transfer, mentions, keys: keysOf(transfer, mentions), namedInns: innsIn(transfer.purpose) }
  })
  const named = await readNamed(sql, uniqueKeys(read.flatMap(({ keys }) => keys)))
  const byInn = await findPayers({ inns: unique(due.flatMap(({ partyInn }) => partyInn ?? [])) })
  const payers = new Map(byInn.map((payer) => [payer.userId, payer]))
  const others = unique(named.map(({ userId }) => userId)).filter((userId) => !payers.has(userId))
  for (const payer of await findPayers({ userIds: others })) payers.set(payer.userId, payer)
  const owed = await readOwed(
    sql,
    byInn.map(({ userId }) => userId),
  )
  const same = oneObjectEach([...named, ...owed])
  const namedByKey = Map.groupBy(named, ({ legalEntityId, numberYear, numberCount }) =>
    keyOf({ legalEntityId, year: numberYear, count: numberCount }),
  )
  const owedByInn = Map.groupBy(
    owed,
    ({ userId, legalEntityId }) => `${innOf(payers, userId)} ${legalEntityId}`,
  )
  return read.map(({ transfer, mentions, keys, namedInns }) => ({
    transfer,
    question: {
      amountKopecks: transfer.amountKopecks,
      payerInn: transfer.partyInn,
      payerName: transfer.partyName,
      namedInns,
      mentions,
      named: unique(keys.map(keyOf)).flatMap((key) => same(namedByKey.get(key))),
      owed: transfer.partyInn ? same(owedByInn.get(`${transfer.partyInn} ${transfer.legalEntityId}`)) : [],
      payerOf: (userId) => payers.get(userId),
    },
  }))
}

const uniqueKeys = (keys: NumberKey[]): NumberKey[] => [
  ...new Map(keys.map((key) => [keyOf(key), key])).values(),
]

const innOf = (payers: ReadonlyMap<string, Payer>, userId: string): string => payers.get(userId)?.inn ?? ''
