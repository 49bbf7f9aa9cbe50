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
    files: 'Catalog_КонтрагентыПрисоединенныеФайлы',
  },
  documents: {
    invoice: { set: 'Document_СчетНаОплатуПокупателю' },
    card: { set: 'Document_ОплатаПлатежнойКартой', operation: 'ОплатаПокупателя' },
    sbp: { set: 'Document_ОплатаПлатежнойКартой', operation: 'ОплатаПокупателя' },
    refund: { set: 'Document_СписаниеСРасчетногоСчета', operation: 'ВозвратПокупателю' },
    // Nobody loads statements into the simulated base.
    transfer: { set: 'Document_ПоступлениеНаРасчетныйСчет', operation: 'ОплатаПокупателя' },
    commission: {
      set: 'Document_СписаниеСРасчетногоСчета',
      operation: 'КомиссияБанка',
      constants: {
        Контрагент: seed.bankKey,
        Контрагент_Type: 'StandardODATA.Catalog_Контрагенты',
        ДоговорКонтрагента_Key: seed.bankContractKey,
      },
    },
  },
  cancellation: 'mark' as const,
  counterparties: 'own' as const,
}
