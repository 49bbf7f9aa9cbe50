/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import type { InvoiceState } from './invoice.ts'

export type ShownInvoice = {
  number: string
  amountKopecks: number
  state: Exclude<InvoiceState, 'draft'>
  dueOn: string | null
}

const russian = {
  title: 'Мои счета',
  none: 'Счетов пока нет. Когда появится новый, мы пришлём письмо.',
  number: 'Счёт',
  due: 'до',
  states: { issued: 'ждёт оплаты', paid: 'оплачен', cancelled: 'отменён', expired: 'срок оплаты истёк' },
  signOut: 'Выйти',
  security: 'Безопасность',
  newest: 'Показаны последние 50 счетов.',
}
const english: typeof russian = {
  title: 'My invoices',
  none: 'There are no invoices yet. We will write to you when there is one.',
  number: 'Invoice',
  due: 'by',
  states: { issued: 'to be paid', paid: 'paid', cancelled: 'cancelled', expired: 'expired' },
  signOut: 'Sign out',
  security: 'Security',
  newest: 'The newest 50 invoices are shown.',
}

const roubles = (language: Language, kopecks: number): string =>
  (kopecks / 100).toLocaleString(language, { style: 'currency', currency: 'RUB' })

/** A day of a calendar, the same wherever the reader is. */
const day = (language: Language, date: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  )

type Props = { language: Language; invoices: ShownInvoice[]; isCut: boolean; url: string; issuer: string }

export const InvoicesPage = ({ language, invoices, isCut, url, issuer }: Props) => {
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
      {invoices.length === 0 ? <p>{words.none}</p> : <List {...{ language, words, invoices }} />}
      {isCut && <p class="small quiet">{words.newest}</p>}
      <p class="small">
        <a href={`${issuer}/v1/account`}>{words.security}</a>
      </p>
    </Frame>
  )
}

type ListProps = { language: Language; words: typeof russian; invoices: ShownInvoice[] }

const List = ({ language, words, invoices }: ListProps) => (
  <ul class="rows">
    {invoices.map(({ number, amountKopecks, state, dueOn }) => (
      <li>
        <div>
          <p>
            <strong>
              {words.number} {number}
            </strong>
          </p>
          <p class="small quiet">
            {words.states[state]}
            {dueOn && state === 'issued' && ` ${words.due} ${day(language, dueOn)}`}
          </p>
        </div>
        <p class="sum">{roubles(language, amountKopecks)}</p>
      </li>
    ))}
  </ul>
)
