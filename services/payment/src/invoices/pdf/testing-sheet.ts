import { paymentPurpose } from '../payment-purpose.ts'
import type { InvoiceSheet, SheetLine } from './invoice-sheet.ts'

/** As НСПК's links look; nobody can pay by it. */
export const simulatedLink =
  'https://qr.nspk.ru/AD100004BAL7227F9BNP6KNE007J9B3K?type=02&bank=100000000007&sum=1&cur=RUB&crc=AB75'

const line: SheetLine = {
  title: 'Сопровождение «1С:Бухгалтерии»',
  quantity: 3,
  priceKopecks: 406_667,
  discountKopecks: 1,
  amountKopecks: 1_220_000,
  vatPercent: 22,
}

/** An issued invoice of that many lines with both codes. */
export const simulatedSheet = (count = 1, more: Partial<InvoiceSheet> = {}): InvoiceSheet => {
  const lines = Array.from({ length: count }, (_, i) => ({ ...line, title: `${line.title}, этап ${i + 1}` }))
  const sums = { amountKopecks: 1_220_000 * count, paidKopecks: 0 }
  const vat = [{ percent: 22, vatKopecks: 220_000 * count }]
  const named = { number: '2026-000123', issuedOn: '2026-11-23' }
  return {
    ...{ ...named, ...sums, lines, vat },
    state: 'issued',
    dueOn: '2026-12-01',
    createdAt: new Date('2026-11-23T09:00:00Z'),
    seller: {
      name: 'Общество с ограниченной ответственностью «Контора»',
      shortName: 'ООО «Контора»',
      inn: '7736050003',
      kpp: '773601001',
      address: '117997, г. Москва, ул. Вавилова, д. 19',
      account: '40702810300000000001',
      bankName: 'Филиал «Центральный» Банка ВТБ (ПАО)',
      bik: '044525745',
      correspondentAccount: '30101810345250000745',
      director: 'Иванов И. И.',
      accountant: 'Петрова А. С.',
    },
    payer: { name: 'ООО «Ромашка»', inn: '7736050003', kpp: '773601001' },
    purpose: paymentPurpose({ ...named, ...sums, leftKopecks: sums.amountKopecks, vat }),
    sbp: { link: simulatedLink, amountKopecks: sums.amountKopecks },
    ...more,
  }
}
