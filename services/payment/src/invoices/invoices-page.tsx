/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import { dayIn, roubles } from '../payer-page/sums.ts'
import { inLanguage } from '../payer-page/view.ts'
import { type InvoiceState, leftKopecks } from './invoice.ts'

export type ShownInvoice = {
  invoiceId: string
  number: string
  amountKopecks: number
  paidKopecks: number
  state: Exclude<InvoiceState, 'draft'>
  dueOn: string | null
}

const russian = {
  title: 'Мои счета',
  none: 'Счетов пока нет. Когда появится новый, мы пришлём письмо.',
  number: 'Счёт',
  due: 'до',
  partly: 'оплачен частично, осталось',
  states: { issued: 'ждёт оплаты', paid: 'оплачен', cancelled: 'отменён', expired: 'срок оплаты истёк' },
  pay: 'Оплатить',
  pdf: 'PDF',
  signOut: 'Выйти',
  security: 'Безопасность',
  newest: 'Показаны последние 50 счетов.',
}
const english: typeof russian = {
  title: 'My invoices',
  none: 'There are no invoices yet. We will write to you when there is one.',
  number: 'Invoice',
  due: 'by',
  partly: 'partly paid, left to pay',
  states: { issued: 'to be paid', paid: 'paid', cancelled: 'cancelled', expired: 'expired' },
  pay: 'Pay',
  pdf: 'PDF',
  signOut: 'Sign out',
  security: 'Security',
  newest: 'The newest 50 invoices are shown.',
}

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
      {invoices.length === 0 ? <p>{words.none}</p> : <List {...{ language, words, invoices, url }} />}
      {isCut && <p class="small quiet">{words.newest}</p>}
      <p class="small">
        <a href={`${issuer}/v1/account`}>{words.security}</a>
      </p>
    </Frame>
  )
}

type ListProps = Pick<Props, 'language' | 'invoices' | 'url'> & { words: typeof russian }

const List = ({ language, words, invoices, url }: ListProps) => (
  <ul class="rows">
    {invoices.map((invoice) => {
      const { invoiceId, number, amountKopecks, state, dueOn } = invoice
      const page = `${url}/invoices/${invoiceId}`
      return (
        <li>
          <div>
            <p>
              <a href={inLanguage(page, language)} class="named">
                {words.number} {number}
              </a>
            </p>
            <p class="small quiet">
              {stateOf(language, words, invoice)}
              {dueOn && state === 'issued' && ` ${words.due} ${dayIn(language, dueOn)}`}
            </p>
          </div>
          <div class="acts">
            <p class="sum">{roubles(language, amountKopecks)}</p>
            <p class="small">
              {state === 'issued' && (
                <a href={inLanguage(page, language)} aria-label={`${words.pay}: ${words.number} ${number}`}>
                  {words.pay}
                </a>
              )}
              <a href={`${page}/pdf`} aria-label={`${words.pdf}: ${words.number} ${number}`}>
                {words.pdf}
              </a>
            </p>
          </div>
        </li>
      )
    })}
  </ul>
)

const stateOf = (language: Language, words: typeof russian, invoice: ShownInvoice): string =>
  invoice.state === 'issued' && invoice.paidKopecks > 0
    ? `${words.partly} ${roubles(language, leftKopecks(invoice))}`
    : words.states[invoice.state]
