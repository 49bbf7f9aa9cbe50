import { defaultFormat } from './registry-format.ts'

export type Operation = {
  kind?: string
  order: string
  reference?: string
  day: string
  gross: number
  commission: number
  net?: number
  payout?: string
  paidOn: string
  way?: string
}

const roubles = (kopecks: number): string =>
  `${kopecks < 0 ? '-' : ''}${Math.trunc(Math.abs(kopecks) / 100)},${String(Math.abs(kopecks) % 100).padStart(2, '0')}`

const cellsOf = (operation: Operation): string[] => {
  const {
    kind = 'Оплата',
    order,
    reference = '',
    day,
    gross,
    commission,
    payout = '7781',
    paidOn,
    way = 'Карта',
  } = operation
  const net = operation.net ?? (kind === 'Возврат' ? -gross : gross) - commission
  return [kind, order, reference, day, roubles(gross), roubles(commission), roubles(net), payout, paidOn, way]
}

/** A registry as the default format has it. */
export const registryText = (operations: Operation[]): string =>
  [Object.values(defaultFormat.columns), ...operations.map(cellsOf)]
    .map((cells) => cells.join(';'))
    .join('\r\n')
