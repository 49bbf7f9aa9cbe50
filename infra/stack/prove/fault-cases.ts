import type { SeededRandom } from './random.ts'

/** As a simulator takes it by `POST /_sim/faults`. */
export type Fault = {
  operation: string
  kind: 'error' | 'timeout-after-acting' | 'garbage' | 'delay' | 'lost-callback' | 'duplicate-callback'
  times: number
  status?: number
  delayMs?: number
}
export type FaultCase = {
  partner: string
  fault: Fault
  /** How far into the story it begins. */
  afterMs: number
  /** The partner comes back so long after the first call that met the fault. */
  awayMs?: number
}

const awayMs = 10_000
const everyCall = 1_000_000
const smallSize = 0.1

const operations: Record<string, string[]> = {
  vtb: ['*', 'register.do', 'getOrderStatusExtended.do', 'sbp/c2b/qr/dynamic/get.do', 'refund.do'],
  'one-c': [
    '*',
    'POST Catalog_Контрагенты',
    'POST Catalog_КонтрагентыПрисоединенныеФайлы',
    'POST Document_СчетНаОплатуПокупателю',
    'Post Document_ОплатаПлатежнойКартой',
    'POST Document_СписаниеСРасчетногоСчета',
  ],
  roback: ['*'],
  campaigns: ['GET /api/v1/campaigns', 'POST /api/v1/campaigns/:id/events'],
  resend: ['*', 'POST /emails'],
  'sber-id': ['*', 'POST /ru/prod/tokens/v2/oidc', 'GET /ru/prod/sberbankid/v2.1/userinfo'],
}

/** Those that call us back, by the name under which they do. */
const callbacks: Record<string, string[]> = { vtb: ['callback'], resend: ['webhook email.sent', '*'] }

const each = <Item>(book: Record<string, Item[]>): [string, Item][] =>
  Object.entries(book).flatMap(([partner, items]) => items.map((item): [string, Item] => [partner, item]))

const kindsOf = (random: SeededRandom, operation: string, mostTimes: number): Fault[] => {
  const times = () => 1 + random.below(mostTimes)
  const delayMs = () => 1000 + random.below(2001)
  return [
    { operation, kind: 'error', status: 503, times: times() },
    { operation, kind: 'error', status: 500, times: times() },
    { operation, kind: 'timeout-after-acting', delayMs: delayMs(), times: times() },
    { operation, kind: 'garbage', times: times() },
    { operation, kind: 'delay', delayMs: delayMs(), times: times() },
  ]
}

/** The letters of a story are one operation, so half of their faults begin somewhere in it. */
const beginning = (random: SeededRandom, partner: string, operation: string): number =>
  partner === 'resend' && operation !== '*' ? random.below(1500) : 0

/** Each partner, operation and kind in seeded order, or a share of them; a small one has only what passes quickly. */
export const planFaults = (random: SeededRandom, size: number): FaultCase[] => {
  const isSmall = size < smallSize
  const mostTimes = isSmall ? 1 : 3
  const answers = each(operations).flatMap(([partner, operation]) =>
    kindsOf(random, operation, mostTimes).map((fault) => ({
      partner,
      fault,
      afterMs: beginning(random, partner, operation),
    })),
  )
  const calls = each(callbacks).flatMap(([partner, operation]) =>
    (['lost-callback', 'duplicate-callback'] as const).map((kind) => ({
      partner,
      fault: { operation, kind, times: 1 + random.below(mostTimes) },
      afterMs: 0,
    })),
  )
  const away = Object.keys(operations).map((partner) => ({
    partner,
    fault: { operation: '*', kind: 'error' as const, status: 503, times: everyCall },
    afterMs: 0,
    awayMs,
  }))
  const all = random.shuffle<FaultCase>([...answers, ...calls, ...(isSmall ? [] : away)])
  return all.slice(0, Math.max(2, Math.round(all.length * size)))
}

export const titleOf = ({ partner, fault, afterMs, awayMs: away }: FaultCase): string => {
  if (away) return `${partner} away for ${away / 1000} s`
  const { operation, kind, times, status, delayMs } = fault
  const how = [kind, status, delayMs && `${delayMs} ms`, `×${times}`, afterMs > 0 && `at ${afterMs} ms`]
  return `${partner} ${operation} ${how.filter(Boolean).join(' ')}`
}
