import { roubles, written } from './day.ts'
import { type Registry, signed } from './operations.ts'

const titles = [
  'Тип операции',
  'Номер заказа',
  'Номер возврата',
  'Дата операции',
  'Сумма операции',
  'Комиссия',
  'К перечислению',
  'Номер реестра',
  'Дата перечисления',
  'Способ оплаты',
]

/** The bank's papers do not tell what its registry looks like, so this is one that a bank might write. */
export const writeRegistry = (registry: Registry | undefined): string => {
  const rows = (registry?.operations ?? []).map((operation) => [
    operation.kind === 'payment' ? 'Оплата' : 'Возврат',
    operation.orderNumber,
    operation.externalRefundId ?? '',
    written(registry?.day ?? ''),
    roubles(operation.amountKopecks, ','),
    roubles(operation.commissionKopecks, ','),
    roubles(signed(operation) - operation.commissionKopecks, ','),
    registry?.number ?? '',
    written(registry?.paidOn ?? ''),
    operation.way === 'card' ? 'Карта' : 'СБП',
  ])
  return [titles, ...rows].map((row) => `${row.join(';')}\r\n`).join('')
}
