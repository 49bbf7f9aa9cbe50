/** @jsxImportSource hono/jsx */
import { dayOf, leftKopecks } from '../invoices/invoice.ts'
import { type PayerPhase, phaseOf } from './phase.ts'
import { dayIn, roubles } from './sums.ts'
import type { View } from './view.ts'

export const Heading = ({ language, words, invoice }: View) => (
  <>
    <h1>
      {words.invoice} {invoice.number}
    </h1>
    <p class="quiet">
      {invoice.issuedAt && `${words.from} ${dayIn(language, dayOf(new Date(invoice.issuedAt)))} · `}
      {invoice.seller.name}
      {invoice.seller.inn && `, ${words.inn} ${invoice.seller.inn}`}
    </p>
  </>
)

/** The bank has the money, or somebody must find out: nobody is asked to pay meanwhile. */
const restingPhases: PayerPhase[] = ['processing', 'looked-at', 'expired']

/** What is left, while something is, and until when. */
export const ToPay = ({ language, words, invoice, moment, time }: View) => {
  if (moment.state !== 'issued' || restingPhases.includes(phaseOf(moment, time))) return null
  return (
    <div class="to-pay">
      <p class="quiet small">{moment.paidKopecks > 0 ? words.left : words.toPay}</p>
      <p class="amount">{roubles(language, leftKopecks(moment))}</p>
      {invoice.dueOn && (
        <p class="small quiet">
          {words.due} {dayIn(language, invoice.dueOn)}
        </p>
      )}
    </div>
  )
}

export const Lines = ({ language, words, invoice }: View) => (
  <section>
    <h2>{words.lines}</h2>
    <ul class="rows">
      {invoice.lines.map(({ title, quantity, priceKopecks, discountKopecks, amountKopecks }) => (
        <li>
          <div>
            <p>{title}</p>
            <p class="small quiet">
              {quantity} × {roubles(language, priceKopecks)}
              {discountKopecks > 0 &&
                ` − ${words.discount.toLowerCase()} ${roubles(language, discountKopecks)}`}
            </p>
          </div>
          <p class="sum">{roubles(language, amountKopecks)}</p>
        </li>
      ))}
    </ul>
  </section>
)

const sum = (amounts: number[]): number => amounts.reduce((total, amount) => total + amount, 0)

const vatRows = (language: View['language'], words: View['words'], vat: View['vat']): [string, string][] =>
  vat.every(({ percent }) => percent === null)
    ? [[words.noVat, '']]
    : vat
        .filter(({ percent }) => percent !== null)
        .map(({ percent, vatKopecks }) => [`${words.vat} ${percent} %`, roubles(language, vatKopecks)])

export const Totals = ({ language, words, invoice, moment, vat }: View) => {
  const discount = sum(invoice.lines.map(({ discountKopecks }) => discountKopecks))
  const rows: [string, string][] = [
    ...(discount > 0 ? [[words.discount, roubles(language, discount)] as [string, string]] : []),
    [words.total, roubles(language, moment.amountKopecks)],
    ...vatRows(language, words, vat),
    ...(moment.paidKopecks > 0
      ? [[words.paid, roubles(language, moment.paidKopecks)] as [string, string]]
      : []),
  ]
  return (
    <dl class="totals">
      {rows.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export const Papers = ({ language, words, base, receipts, moment, list }: View) => (
  <section>
    <h2>{words.papers}</h2>
    <ul class="papers">
      <li>
        <a href={`${base}/pdf`}>{words.pdf}</a>
      </li>
      {receipts.map(({ ofdUrl, amountKopecks }) => (
        <li>
          <a href={ofdUrl} rel="noreferrer">
            {words.receipt}, {roubles(language, amountKopecks)}
          </a>
        </li>
      ))}
      {moment.isReceiptDue && <li class="quiet">{words.receiptSoon}</li>}
      {list && (
        <li>
          <a href={list}>{words.mine}</a>
        </li>
      )}
    </ul>
  </section>
)
