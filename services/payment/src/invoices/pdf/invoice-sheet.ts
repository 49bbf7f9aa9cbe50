import { leftKopecks } from '../invoice.ts'

/** A day of the calendar, `2026-11-23`. */
type Day = string

/** A rate of null is «без НДС»; amounts are kopecks, with VAT in them. */
export type SheetLine = {
  title: string
  quantity: number
  priceKopecks: number
  discountKopecks: number
  amountKopecks: number
  vatPercent: number | null
}

export type SheetSeller = {
  /** As it stands in contracts; `shortName` goes where there is little room. */
  name: string
  shortName: string
  inn: string
  kpp: string | null
  address: string | null
  account: string
  bankName: string
  bik: string
  correspondentAccount: string
  director: string | null
  accountant: string | null
}

export type SheetPayer = { name: string; inn: string | null; kpp: string | null }

export type VatShare = { percent: number | null; vatKopecks: number }

/** All that a «счёт на оплату» shows, and nothing to be looked up: the same sheet is drawn as the same bytes. */
export type InvoiceSheet = {
  state: 'draft' | 'issued' | 'paid' | 'cancelled' | 'expired'
  /** Neither a draft has. */
  number: string | null
  issuedOn: Day | null
  dueOn: Day | null
  /** What the file says of its making. */
  createdAt: Date
  seller: SheetSeller
  payer: SheetPayer
  lines: SheetLine[]
  /** One share a rate. */
  vat: VatShare[]
  amountKopecks: number
  paidKopecks: number
  purpose: string
  /** НСПК's own link of an order that can be paid now, and that order's sum. */
  sbp: { link: string; amountKopecks: number } | null
}

/** Only an invoice that waits for money invites to pay. */
export const isPayable = (sheet: InvoiceSheet): boolean => sheet.state === 'issued' && leftKopecks(sheet) > 0

export const titleOf = ({ number, issuedOn }: InvoiceSheet): string =>
  number && issuedOn ? `Счёт на оплату № ${number} от ${longDay(issuedOn)}` : 'Счёт на оплату (проект)'

const months = 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' ')

/** «23 ноября 2026 г.», its parts kept on one line. */
export const longDay = (day: Day): string => {
  const [year, month, date] = day.split('-').map(Number)
  return `${date}\u00A0${months[(month ?? 1) - 1]} ${year}\u00A0г.`
}

/** «1 234 567,00»: roubles and kopecks with spaces that do not break. */
export const rouble = (kopecks: number | bigint): string => {
  const digits = String(kopecks).padStart(3, '0')
  return `${grouped(digits.slice(0, -2))},${digits.slice(-2)}`
}

export const grouped = (digits: string | number): string =>
  String(digits).replace(/\B(?=(\d{3})+$)/g, '\u00A0')
