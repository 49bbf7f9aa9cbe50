import {
  exact,
  fieldsOf,
  type MoneyDocument,
  named,
  type OneC,
  type OneCEntity,
  OneCFault,
  type OneCRow,
  organizationOf,
  roubles,
} from '@kontora/one-c'
import { vatKopecks } from '../invoices/invoice.ts'
import type { Bill, BilledLine, Movement, Party } from './gateway.ts'
import { type Share, splitByVat } from './split-by-vat.ts'

type Base = Pick<OneC, 'mapping' | 'at'>

/** Without it 1С posts a payment and makes no entries. */
const automatically = 'Автоматически'

const vatName = ({ mapping }: Base, code: string): string => {
  const name = mapping.vat[code]
  if (name === undefined)
    throw new OneCFault('business', 'no-vat-rate', `В настройке обмена нет ставки НДС «${code}»`)
  return name
}

const numbered = (row: OneCRow, i: number): OneCRow => ({ LineNumber: String(i + 1), ...row })

const section = (property: string | null, rows: OneCRow[]): OneCRow =>
  property === null ? {} : { [property]: rows.map(numbered) }

const billedRow = (base: Base, line: BilledLine): OneCRow => {
  const { documents, sets, nomenclatureKey } = base.mapping
  return named(fieldsOf('invoiceRow', documents.invoice.rowFields), {
    item: { ref: nomenclatureKey, set: sets.nomenclature },
    title: line.title,
    quantity: line.quantity,
    price: roubles(line.priceKopecks),
    amount: roubles(line.amountKopecks),
    vatRate: exact(vatName(base, line.vat)),
    vatAmount: roubles(line.vatKopecks),
    discount: roubles(line.discountKopecks),
  })
}

export const invoiceDocument = (base: Base, bill: Bill, party: Party): OneCEntity => {
  const { documents, currencyKey } = base.mapping
  const { organizationKey } = organizationOf(base.mapping, bill.legalEntityId)
  const { rows, ...fields } = fieldsOf('invoice', documents.invoice.fields)
  return {
    Ref_Key: bill.id,
    ...documents.invoice.constants,
    ...named(fields, {
      date: base.at(bill.issuedAt),
      organization: organizationKey,
      counterparty: party.counterpartyKey,
      contract: party.contractKey,
      currency: currencyKey,
      vatIncluded: true,
      amount: roubles(bill.amountKopecks),
      comment: `ext:${bill.id} № ${bill.number}`,
    }),
    ...section(
      rows,
      bill.lines.map((line) => billedRow(base, line)),
    ),
  }
}

const movedRow = (base: Base, document: MoneyDocument, { bill, party }: Movement, share: Share): OneCRow =>
  named(fieldsOf('moneyRow', document.rowFields), {
    contract: party.contractKey,
    repayment: automatically,
    amount: roubles(share.amountKopecks),
    settled: roubles(share.amountKopecks),
    vatRate: exact(vatName(base, share.vat)),
    vatAmount: roubles(vatKopecks(share.amountKopecks, share.percent)),
    invoice: bill.id,
    buyersAccount: base.mapping.accounts.buyers,
    advancesAccount: base.mapping.accounts.advances,
  })

/** Money of a payer: card, СБП, transfer or refund, by the document that the mapping names for it. */
export const moneyDocument = (
  base: Base,
  document: MoneyDocument,
  movement: Movement,
  purpose: string,
): OneCEntity => {
  const { sets } = base.mapping
  const { organizationKey, bankAccountKey } = organizationOf(base.mapping, movement.bill.legalEntityId)
  const { rows, ...fields } = fieldsOf('money', document.fields)
  const shares = splitByVat(movement.bill.lines, movement.amountKopecks)
  return {
    Ref_Key: movement.id,
    ...named(fields, {
      date: base.at(movement.at),
      operation: exact(document.operation),
      organization: organizationKey,
      organizationAccount: bankAccountKey,
      counterparty: { ref: movement.party.counterpartyKey, set: sets.counterparties },
      contract: movement.party.contractKey,
      amount: roubles(movement.amountKopecks),
      purpose: `${purpose} по счёту № ${movement.bill.number}`,
      comment: `ext:${movement.id}`,
    }),
    ...section(
      rows,
      shares.map((share) => movedRow(base, document, movement, share)),
    ),
    ...document.constants,
  }
}

/** Between us and the bank: its counterparty, contract and accounts are constants of the mapping, the payer is not in it. */
export const commissionDocument = (base: Base, document: MoneyDocument, movement: Movement): OneCEntity => {
  const { rows, ...fields } = fieldsOf('money', document.fields)
  const { amount, settled, repayment } = fieldsOf('moneyRow', document.rowFields)
  const { organizationKey, bankAccountKey } = organizationOf(base.mapping, movement.bill.legalEntityId)
  const sum = roubles(movement.amountKopecks)
  const row = named({ amount, settled, repayment }, { amount: sum, settled: sum, repayment: automatically })
  return {
    Ref_Key: movement.id,
    ...named(
      { ...fields, counterparty: null, contract: null },
      {
        date: base.at(movement.at),
        operation: exact(document.operation),
        organization: organizationKey,
        organizationAccount: bankAccountKey,
        counterparty: '',
        contract: '',
        amount: sum,
        purpose: `Комиссия банка по счёту № ${movement.bill.number}`,
        comment: `ext:${movement.id}`,
      },
    ),
    ...section(rows, [row]),
    ...document.constants,
  }
}
