/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import type { InvoiceState } from './invoice.ts'

export type ShownInvoice = {
  number: string
  amountKopecks: number
  state: InvoiceState
  dueOn: string | null
}

const russian = {
  title: 'Мои счета',
  none: 'Счетов пока нет. Когда появится новый, мы пришлём письмо.',
  number: 'Номер',
  due: 'Оплатить до',
  state: 'Состояние',
  sum: 'Сумма',
  states: { issued: 'ждёт оплаты', paid: 'оплачен', cancelled: 'отменён' },
  signOut: 'Выйти',
  newest: 'Показаны последние 50 счетов.',
}
const english: typeof russian = {
  title: 'My invoices',
  none: 'There are no invoices yet. We will write to you when there is one.',
  number: 'Number',
  due: 'Due',
  state: 'State',
  sum: 'Amount',
  states: { issued: 'to be paid', paid: 'paid', cancelled: 'cancelled' },
  signOut: 'Sign out',
  newest: 'The newest 50 invoices are shown.',
}

const roubles = (language: Language, kopecks: number): string =>
  (kopecks / 100).toLocaleString(language, { style: 'currency', currency: 'RUB' })

/** A day of a calendar, the same wherever the reader is. */
const day = (language: Language, date: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  )

type Props = { language: Language; invoices: ShownInvoice[]; isCut: boolean; url: string }

export const InvoicesPage = ({ language, invoices, isCut, url }: Props) => {
  const words = language === 'ru' ? russian : english
  const other = `${url}/invoices?ui_locales=${language === 'ru' ? 'en' : 'ru'}`
  return (
    <Frame language={language} title={words.title} elsewhere={other} wide>
      <div class="head">
        <h1>{words.title}</h1>
        <form method="post" action={`${url}/sign-out`} class="bare">
          <button type="submit" class="plain">
            {words.signOut}
          </button>
        </form>
      </div>
      {invoices.length === 0 ? <p>{words.none}</p> : <Table {...{ language, words, invoices }} />}
      {isCut && <p class="small quiet">{words.newest}</p>}
    </Frame>
  )
}

const Table = ({ language, words, invoices }: Omit<Props, 'url' | 'isCut'> & { words: typeof russian }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">{words.number}</th>
        <th scope="col">{words.due}</th>
        <th scope="col">{words.state}</th>
        <th scope="col" class="sum">
          {words.sum}
        </th>
      </tr>
    </thead>
    <tbody>
      {invoices.map(({ number, amountKopecks, state, dueOn }) => (
        <tr>
          <td>{number}</td>
          <td>{dueOn ? day(language, dueOn) : '–'}</td>
          <td>{words.states[state]}</td>
          <td class="sum">{roubles(language, amountKopecks)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)
