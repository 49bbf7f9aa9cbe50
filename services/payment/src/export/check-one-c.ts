import type { Finding, OneCMapping } from '@kontora/one-c'
import type { Sql } from '@kontora/postgres'
import type { AccountingGateway } from '../accounting/gateway.ts'
import { dayOf } from '../invoices/invoice.ts'

type Checking = { sql: Sql; accounting: AccountingGateway; now: () => Date }

/** What the invoices of today may bear, and what 1С must have a word for. */
const checkRates = async ({ sql, now }: Checking, { vat }: OneCMapping): Promise<Finding> => {
  const rates = await sql<{ code: string }[]>`
    select code from vat_rates
    where ${dayOf(now())}::date between valid_from and coalesce(valid_to, 'infinity') order by code`
  const missing = rates.map(({ code }) => code).filter((code) => vat[code] === undefined)
  const question = 'Для каждой действующей ставки НДС есть имя в настройке'
  return missing.length === 0
    ? { question, answer: 'yes', detail: '' }
    : { question, answer: 'no', detail: `нет: ${missing.join(', ')}` }
}

/** Who books what, said aloud: the double-booking switches. */
const told = ({ documents, cancellation, postMode }: OneCMapping): Finding[] => {
  const line = (question: string, detail: string): Finding => ({ question, answer: 'unknown', detail })
  return [
    line('Проведение', postMode === 'post' ? 'проводим мы' : 'оставляем черновики бухгалтеру'),
    line(
      'Банковские поступления',
      documents.transfer === 'loaded-by-1c' ? '1С грузит выписку сама, мы их не пишем' : 'пишем мы',
    ),
    line(
      'Комиссия эквайринга',
      documents.commission === 'left-to-1c' ? 'оставлена 1С' : 'пишем мы по реестру банка',
    ),
    line(
      'Отменённый счёт',
      { mark: 'помечаем', unpost: 'снимаем с проведения', leave: 'не трогаем' }[cancellation],
    ),
  ]
}

/** Everything that can be asked of a customer's base before the first document is sent to it (onec.md, section 8). */
export const checkOneC = async (checking: Checking, mapping: OneCMapping): Promise<Finding[]> => [
  ...(await checking.accounting.check()),
  await checkRates(checking, mapping),
  ...told(mapping),
]
