import type { Bank } from './bank.ts'
import { actionCode, type Order, orderStatus } from './order.ts'
import { addOrder, findOrderByNumber } from './order-book.ts'
import { address, amountKopecks, type Form, jsonObject, optional } from './read-form.ts'
import { readBundle } from './receipts/cart.ts'
import { Refusal } from './refusal.ts'

/** There is no idempotency key: a number that is known is refused, whatever else the call says. */
export const registerOrder = (bank: Bank, form: Form, twoStage: boolean): Order => {
  const order = readOrder(bank, form, twoStage)
  if (findOrderByNumber(bank.store, order.orderNumber)) throw new Refusal('orderNumber')
  addOrder(bank.store, order)
  return order
}

const readOrder = (bank: Bank, form: Form, twoStage: boolean): Order => {
  const registeredAt = bank.now()
  const orderNumber = readOrderNumber(form)
  const amount = amountKopecks(form)
  if (amount === 0) throw new Refusal('value', 'amount')
  checkCurrency(form)
  checkFeatures(form)
  const returnUrl = address(form, 'returnUrl')
  if (returnUrl === null) throw new Refusal('mandatory', 'returnUrl')
  return {
    mdOrder: bank.newId(),
    orderNumber,
    amountKopecks: amount,
    twoStage,
    description: optional(form, 'description', 598),
    returnUrl,
    failUrl: address(form, 'failUrl'),
    callbackUrl: address(form, 'dynamicCallbackUrl'),
    language: readLanguage(form),
    ip: optional(form, 'ip', 39),
    jsonParams: jsonObject(form, 'jsonParams') ?? {},
    orderBundle: readBundle(form, amount),
    registeredAt,
    sessionEndsAt: readSessionEnd(form, registeredAt),
    ...untouched,
  }
}

const untouched = {
  status: orderStatus.registered,
  actionCode: actionCode.noAttempt,
  paymentWay: null,
  approvedKopecks: 0,
  depositedKopecks: 0,
  refundedKopecks: 0,
  attempts: 0,
  pending: null,
  authorisedAt: null,
  depositedAt: null,
  reversedAt: null,
  authRefNum: null,
  reverseTried: false,
  qrs: [],
  refunds: [],
}

const readOrderNumber = (form: Form): string => {
  const orderNumber = form.get('orderNumber')
  if (!orderNumber) throw new Refusal('mandatory', 'orderNumber')
  if (orderNumber.length > 36) throw new Refusal('orderNumber')
  return orderNumber
}

/** The old number of the rouble is still taken. */
const checkCurrency = (form: Form): void => {
  if (!['643', '810'].includes(form.get('currency') || '643')) throw new Refusal('currency')
}

const features = ['VERIFY', 'FORCE_TDS', 'FORCE_SSL', 'FORCE_FULL_TDS', 'FORCE_CREATE_BINDING']
const featuresWithoutPrivilege = ['SBP_BINDING', 'AUTO_PAYMENT']

const checkFeatures = (form: Form): void => {
  for (const feature of form.getAll('features')) {
    if (featuresWithoutPrivilege.includes(feature)) throw new Refusal('privilege')
    if (!features.includes(feature)) throw new Refusal('features')
  }
}

const readLanguage = (form: Form): string => {
  const language = form.get('language') || 'ru'
  if (!/^[a-z]{2}$/i.test(language)) throw new Refusal('value', 'language')
  return language.toLowerCase()
}

/** Dates have no zone and are Moscow's; a date wins over the seconds. */
const readSessionEnd = (form: Form, registeredAt: number): number => {
  const date = form.get('expirationDate')
  if (date) {
    const end = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(date) ? Date.parse(`${date}+03:00`) : Number.NaN
    if (!(end > registeredAt)) throw new Refusal('mandatory', 'expirationDate')
    return end
  }
  const seconds = form.get('sessionTimeoutSecs') || '1200'
  if (!/^[1-9]\d{0,8}$/.test(seconds)) throw new Refusal('mandatory', 'sessionTimeoutSecs')
  return registeredAt + Number(seconds) * 1000
}
