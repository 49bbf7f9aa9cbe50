import * as v from 'valibot'

const Column = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
const Words = v.pipe(v.array(Column), v.minLength(1))
/** Hundredths of a percent: 150 is 1.5 %. */
const BasisPoints = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000))

/** How the bank writes its registry: no two banks, and no two contracts, write it alike. */
export const RegistryFormat = v.strictObject({
  delimiter: v.picklist([';', ',', '\t']),
  /** The title of each column, as the file has it. `reference` is our number of a refund, where the bank gives it back. */
  columns: v.strictObject({
    kind: Column,
    orderNumber: Column,
    reference: v.optional(Column),
    operatedOn: Column,
    gross: Column,
    commission: Column,
    net: Column,
    payout: Column,
    paidOn: Column,
    way: v.optional(Column),
  }),
  /** How an operation of each kind is called, and each way to pay. */
  words: v.strictObject({ payment: Words, refund: Words, card: v.optional(Words), sbp: v.optional(Words) }),
  /** What the contract says the bank may keep; without it a commission is only held against the net sum. */
  tariff: v.optional(v.strictObject({ card: BasisPoints, sbp: BasisPoints })),
})
export type RegistryFormat = v.InferOutput<typeof RegistryFormat>

export const defaultFormat: RegistryFormat = {
  delimiter: ';',
  columns: {
    kind: 'Тип операции',
    orderNumber: 'Номер заказа',
    reference: 'Номер возврата',
    operatedOn: 'Дата операции',
    gross: 'Сумма операции',
    commission: 'Комиссия',
    net: 'К перечислению',
    payout: 'Номер реестра',
    paidOn: 'Дата перечисления',
    way: 'Способ оплаты',
  },
  words: {
    payment: ['Оплата', 'Покупка'],
    refund: ['Возврат'],
    card: ['Карта'],
    sbp: ['СБП'],
  },
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** As a setting holds it. */
export const RegistryFormatText = v.pipe(
  v.string(),
  v.check(isJson, 'JSON'),
  v.transform((text): unknown => JSON.parse(text)),
  RegistryFormat,
)
