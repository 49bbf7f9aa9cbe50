/**
 * Our words for what a document says → the properties of «Бухгалтерия предприятия 3.0». Another configuration's mapping
 * names others; `null` there says that its document has no such property, and it is not sent.
 */
export const bp30 = {
  counterparty: {
    name: 'Description',
    fullName: 'НаименованиеПолное',
    inn: 'ИНН',
    kpp: 'КПП',
    kind: 'ЮридическоеФизическоеЛицо',
  },
  contract: {
    name: 'Description',
    owner: 'Owner_Key',
    organization: 'Организация_Key',
    currency: 'ВалютаВзаиморасчетов_Key',
    kind: 'ВидДоговора',
    date: 'Дата',
  },
  invoice: {
    date: 'Date',
    organization: 'Организация_Key',
    counterparty: 'Контрагент_Key',
    contract: 'ДоговорКонтрагента_Key',
    currency: 'ВалютаДокумента_Key',
    vatIncluded: 'СуммаВключаетНДС',
    amount: 'СуммаДокумента',
    comment: 'Комментарий',
    rows: 'Товары',
  },
  invoiceRow: {
    item: 'Номенклатура',
    title: 'Содержание',
    quantity: 'Количество',
    price: 'Цена',
    amount: 'Сумма',
    vatRate: 'СтавкаНДС',
    vatAmount: 'СуммаНДС',
    // Where the document has no room for it, the sum alone tells.
    discount: null,
  },
  money: {
    date: 'Date',
    operation: 'ВидОперации',
    organization: 'Организация_Key',
    organizationAccount: 'СчетОрганизации_Key',
    counterparty: 'Контрагент',
    contract: 'ДоговорКонтрагента_Key',
    amount: 'СуммаДокумента',
    purpose: 'НазначениеПлатежа',
    comment: 'Комментарий',
    rows: 'РасшифровкаПлатежа',
  },
  moneyRow: {
    contract: 'ДоговорКонтрагента_Key',
    repayment: 'СпособПогашенияЗадолженности',
    amount: 'СуммаПлатежа',
    settled: 'СуммаВзаиморасчетов',
    vatRate: 'СтавкаНДС',
    vatAmount: 'СуммаНДС',
    invoice: 'СчетНаОплату_Key',
    buyersAccount: 'СчетУчетаРасчетовСКонтрагентом_Key',
    advancesAccount: 'СчетУчетаРасчетовПоАвансам_Key',
  },
} as const

export type Part = keyof typeof bp30
export type FieldNames<Name extends Part> = { [Word in keyof (typeof bp30)[Name]]: string | null }
export type FieldChanges<Name extends Part> = {
  [Word in keyof (typeof bp30)[Name]]?: string | null | undefined
}

/** The names of one base: those of БП 3.0 but for what its mapping says. */
export const fieldsOf = <Name extends Part>(
  part: Name,
  ...changes: (FieldChanges<Name> | undefined)[]
): FieldNames<Name> => Object.assign({}, bp30[part], ...changes)
