import { seed } from '@kontora/simulators/one-c'

/** What ONEC_MAPPING says of the base that the 1С simulator plants on its first day. */
export const simulatedBase = {
  timeZone: 'Europe/Moscow',
  postMode: 'post' as const,
  organizationKey: seed.organizationKey,
  currencyKey: seed.currencyKey,
  bankAccountKey: seed.bankAccountKey,
  nomenclatureKey: seed.nomenclatureKey,
  accounts: { buyers: seed.buyersAccountKey, advances: seed.advancesAccountKey },
  vat: { none: 'БезНДС', '0': 'НДС0', '5': 'НДС5', '7': 'НДС7', '10': 'НДС10', '20': 'НДС20', '22': 'НДС22' },
  sets: {
    counterparties: 'Catalog_Контрагенты',
    contracts: 'Catalog_ДоговорыКонтрагентов',
    nomenclature: 'Catalog_Номенклатура',
    invoices: 'Document_СчетНаОплатуПокупателю',
    cardPayments: 'Document_ОплатаПлатежнойКартой',
    sbpPayments: 'Document_ОплатаПлатежнойКартой',
    refunds: 'Document_СписаниеСРасчетногоСчета',
    files: 'Catalog_КонтрагентыПрисоединенныеФайлы',
  },
  operations: { payment: 'ОплатаПокупателя', refund: 'ВозвратПокупателю' },
}
