import { bankNumber } from '@kontora/validation'
import { campaignEvents } from '../story/documents.ts'
import { type BankOrder, bankOrders, oneCDocuments } from '../story/payments.ts'
import { sha256Hex } from '../story/pdf.ts'
import { lettersTo } from '../story/people.ts'
import type { Facts } from '../story/steps.ts'
import type { World } from '../story/world.ts'

/** What is wrong, one line each: nothing may be lost, nothing done twice. */
export type Findings = { area: string; wrong: string[] }[]

const count = <Item>(items: Item[], is: (item: Item) => boolean): number => items.filter(is).length

const auditBank = async (world: World, facts: Facts[]): Promise<string[]> => {
  const orders = await bankOrders(world)
  const byNumber = new Map(orders.map((order) => [order.orderNumber, order]))
  const expected = facts.flatMap(({ attempts, refund }) =>
    attempts.map(({ attemptId, amountKopecks }, i) => ({
      attemptId,
      amountKopecks,
      refunded: i === attempts.length - 1 ? refund.amountKopecks : 0,
    })),
  )
  const wrong = expected.flatMap(({ attemptId, amountKopecks, refunded }) => {
    const order = byNumber.get(bankNumber(attemptId))
    if (!order) return [`attempt ${attemptId} is unknown to the bank`]
    const right = order.amount === amountKopecks && order.refundedAmount === refunded && isPaid(order)
    return right ? [] : [`order ${order.orderNumber}: the bank's book differs`]
  })
  const paid = count(orders, isPaid)
  return paid === expected.length
    ? wrong
    : [...wrong, `the bank has ${paid} paid orders, ${expected.length} were paid`]
}

const isPaid = ({ orderStatus }: BankOrder): boolean => orderStatus === 2 || orderStatus === 4

type Account = { account: string; balanceKopecks: number }
type Balances = { accounts: Account[]; balanced: boolean }

/** What lies in acquiring is what the bank took and has not given back. */
const auditLedger = async (world: World, token: string): Promise<string[]> => {
  const { accounts, balanced } = await world.get<Balances>('/payment/v1/ledger/balances', { token })
  const orders = (await bankOrders(world)).filter(isPaid)
  const atBank = orders.reduce((sum, { amount, refundedAmount }) => sum + amount - refundedAmount, 0)
  const acquiring = accounts
    .filter(({ account }) => /^(acquiring|refunds)/.test(account))
    .reduce((sum, { balanceKopecks }) => sum + balanceKopecks, 0)
  const wrong = balanced ? [] : ['debits differ from credits']
  return acquiring === atBank
    ? wrong
    : [...wrong, `the ledger has ${acquiring} in acquiring, the bank ${atBank}`]
}

const auditOneC = async (world: World, facts: Facts[]): Promise<string[]> => {
  const documents = await oneCDocuments(world)
  const keys = facts.flatMap(({ invoices, attempts, refund }) => [
    ...invoices.map(({ invoiceId }) => invoiceId),
    ...attempts.map(({ attemptId }) => attemptId),
    refund.refundId,
  ])
  const wrong = keys.flatMap((key) => {
    const copies = documents.filter((one) => one.Ref_Key === key)
    return copies.length === 1 && copies[0]?.Posted
      ? []
      : [`1С has ${key} ${copies.length} times, or not posted`]
  })
  return documents.length === keys.length
    ? wrong
    : [...wrong, `1С has ${documents.length} documents, ${keys.length} were made`]
}

/** Requested, accepted, two invoices, two payments, a refund: one letter each; codes may be asked for again. */
const lettersOfOne = 7

const auditLetters = async (world: World, facts: Facts[]): Promise<string[]> => {
  const all = await Promise.all(facts.map(({ person }) => lettersTo(world, person.email)))
  return all.flatMap((letters, i) => {
    const others = letters.filter(({ text }) => !/\b\d{6}\b/.test(text) || /₽/.test(text))
    const once = new Set(others.map(({ subject, text }) => `${subject}\n${text}`))
    if (once.size === lettersOfOne && others.length === lettersOfOne) return []
    return [`story ${i}: ${others.length} letters of which ${once.size} differ, ${lettersOfOne} are due`]
  })
}

type Arrived = { id: string; sha256: string }

const auditDocuments = async (world: World, facts: Facts[], token: string): Promise<string[]> => {
  const { documents } = await world.get<{ documents: Arrived[] }>(world.at('roback', '/_sim/documents'))
  const wrong: string[] = []
  for (const { documentId, sha256 } of facts) {
    const { url } = await world.get<{ url: string }>(`/documents/v1/documents/${documentId}/download`, {
      token,
    })
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
    if ((await sha256Hex(bytes)) !== sha256) wrong.push(`S3 holds other bytes of ${documentId}`)
    const arrived = documents.filter(({ id }) => id === documentId)
    if (arrived.length !== 1 || arrived[0]?.sha256 !== sha256)
      wrong.push(`Roback has ${documentId} ${arrived.length} times`)
  }
  return documents.length === facts.length
    ? wrong
    : [...wrong, `Roback has ${documents.length} documents of ${facts.length}`]
}

const auditCampaigns = async (world: World, facts: Facts[]): Promise<string[]> => {
  const events = await campaignEvents(world)
  const wrong = facts.flatMap(({ documentId }) => {
    const heard = count(events, ({ payload }) => payload.documentId === documentId)
    return heard === 1 ? [] : [`Campaigns has heard of ${documentId} ${heard} times`]
  })
  return events.length === facts.length
    ? wrong
    : [...wrong, `Campaigns has ${events.length} events of ${facts.length}`]
}

/** Compares what the partners saw with what the stories did. `token` is an administrator's. */
export const audit = async (world: World, facts: Facts[], token: string): Promise<Findings> => [
  { area: "the bank's book", wrong: await auditBank(world, facts) },
  { area: 'ledger = bank', wrong: await auditLedger(world, token) },
  { area: '1С', wrong: await auditOneC(world, facts) },
  { area: 'letters', wrong: await auditLetters(world, facts) },
  { area: 'S3 and Roback', wrong: await auditDocuments(world, facts, token) },
  { area: 'Campaigns', wrong: await auditCampaigns(world, facts) },
]
