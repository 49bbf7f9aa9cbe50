/** Numbers of the gateway. 6 and 7 are known only from public code and old manuals; never read the message. */
export const errorCodes = {
  orderNumber: 1,
  currency: 3,
  mandatory: 4,
  value: 5,
  noSuchOrder: 6,
  state: 7,
  privilege: 13,
  features: 14,
} as const

const messages: Record<number, string> = {
  1: 'Заказ с таким номером уже обработан',
  3: 'Неизвестная валюта',
  4: 'Отсутствует или неверен обязательный параметр',
  5: 'Доступ запрещён или неверно значение параметра',
  6: 'Заказ не найден',
  7: 'Операция невозможна для текущего состояния платежа',
  13: 'Недостаточно прав для заказа с такими признаками',
  14: 'Параметр features заполнен некорректно',
}

export class Refusal extends Error {
  readonly code: number
  constructor(reason: keyof typeof errorCodes, detail = '') {
    const code = errorCodes[reason]
    super(detail ? `${messages[code]}: ${detail}` : messages[code])
    this.code = code
  }
}

export const refusalAnswer = ({ code, message }: Refusal) => ({
  errorCode: String(code),
  errorMessage: message,
})

export const accepted = { errorCode: '0', errorMessage: 'Успешно' } as const
