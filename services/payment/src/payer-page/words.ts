import type { Language } from '@kontora/service/pages'
import type { Ended, PayerPhase } from './phase.ts'

/** Why a form did nothing; it stands in the address that the browser is sent on to. */
export const tellings = ['sum', 'too-much', 'other-sum', 'limit', 'changed'] as const
export type Telling = (typeof tellings)[number]

const russianPhases: Record<PayerPhase, string> = {
  'to-pay': 'Ждёт оплаты',
  'partly-paid': 'Оплачен частично',
  starting: 'Открываем заказ в банке. Обычно это занимает пару секунд.',
  'bank-silent':
    'Банк не отвечает. Деньги не списаны. Мы повторяем запрос сами; можно вернуться сюда позже и попробовать ещё раз.',
  'being-paid': 'Идёт оплата. Как только банк её подтвердит, это появится здесь.',
  processing: 'Банк принял платёж и обрабатывает его. Платить ещё раз не нужно.',
  'looked-at': 'Мы проверяем этот платёж вместе с банком. Не платите ещё раз: мы всё выясним и сообщим.',
  paid: 'Счёт оплачен. Спасибо!',
  expired: 'Срок оплаты истёк. Если счёт ещё нужен, попросите продавца выставить новый.',
  cancelled: 'Счёт отменён. Платить по нему не нужно.',
}
const englishPhases: typeof russianPhases = {
  'to-pay': 'To be paid',
  'partly-paid': 'Partly paid',
  starting: 'We are opening the order at the bank. It takes a few seconds as a rule.',
  'bank-silent':
    'The bank does not answer. Nothing was charged. We go on asking; you may come back later and try again.',
  'being-paid': 'The payment is under way. As soon as the bank confirms it, you will see it here.',
  processing: 'The bank has taken the payment and is processing it. There is no need to pay again.',
  'looked-at':
    'We are looking at this payment together with the bank. Do not pay again: we will find out and tell you.',
  paid: 'The invoice is paid. Thank you!',
  expired: 'The time to pay is over. If you still need the invoice, ask the seller for a new one.',
  cancelled: 'The invoice is cancelled. There is nothing to pay.',
}

const russianEnds: Record<Ended, string> = {
  declined: 'Банк отклонил платёж. Деньги не списаны. Попробуйте ещё раз, другой картой или по СБП.',
  'not-taken': 'Банк не принял заказ. Деньги не списаны. Попробуйте ещё раз или чуть позже.',
  'too-late': 'Время на оплату в банке вышло, платежа не было. Начните ещё раз.',
  'given-back': 'Платёж отменён, банк вернёт деньги туда, откуда они пришли. Можно заплатить ещё раз.',
}
const englishEnds: typeof russianEnds = {
  declined: 'The bank declined the payment. Nothing was charged. Try again, by another card or by SBP.',
  'not-taken': 'The bank did not take the order. Nothing was charged. Try again, or a little later.',
  'too-late': 'The time to pay at the bank ran out, and nothing was paid. Begin once more.',
  'given-back':
    'The payment was cancelled; the bank returns the money where it came from. You may pay again.',
}

const russianTellings: Record<Telling, string> = {
  sum: 'Сумма написана непонятно. Напишите её в рублях, например 1500,50.',
  'too-much': 'Это больше, чем осталось заплатить. Напишите сумму поменьше.',
  'other-sum': 'Уже оплачивается другая сумма. Завершите тот платёж или подождите, пока его время выйдет.',
  limit:
    'Таким способом этот счёт сейчас не оплатить. По СБП можно заплатить до 1 000 000 ₽ за раз. Выберите карту или часть суммы.',
  changed: 'Пока страница была открыта, счёт изменился. Ничего не начато: проверьте сумму и нажмите ещё раз.',
}
const englishTellings: typeof russianTellings = {
  sum: 'We cannot read this sum. Write it in roubles, like 1500.50.',
  'too-much': 'This is more than is left to pay. Write a smaller sum.',
  'other-sum': 'Another sum is being paid already. Finish that payment, or wait until its time is over.',
  limit:
    'This invoice cannot be paid that way just now. SBP takes up to 1,000,000 ₽ at once. Choose a card, or a part of the sum.',
  changed:
    'The invoice has changed since this page was opened. Nothing was begun: check the sum and press again.',
}

const russian = {
  phases: russianPhases,
  ends: russianEnds,
  tellings: russianTellings,
  invoice: 'Счёт',
  from: 'от',
  seller: 'Продавец',
  inn: 'ИНН',
  fault: 'Не получилось',
  left: 'Осталось заплатить',
  toPay: 'К оплате',
  due: 'Оплатить до',
  sums: 'Сумма счёта',
  lines: 'За что',
  total: 'Итого',
  discount: 'Скидка',
  vat: 'В т. ч. НДС',
  noVat: 'Без НДС',
  paid: 'Оплачено',
  ways: 'Как заплатить',
  byCard: 'Оплатить картой',
  bySbp: 'Показать QR-код СБП',
  part: 'Оплатить часть',
  partLabel: 'Сколько заплатить сейчас, ₽',
  partHint: 'Если оставить пустым, будет оплачено всё, что осталось.',
  sumNow: 'Сейчас оплачивается',
  toBank: 'Перейти к оплате картой',
  qr: 'QR-код СБП для оплаты этого счёта',
  qrHow: 'Наведите камеру телефона или откройте сканер в приложении вашего банка.',
  inApp: 'Открыть приложение банка',
  papers: 'Документы',
  pdf: 'Счёт в PDF',
  receipt: 'Чек',
  receiptSoon: 'Чек появится здесь, как только его отправят в налоговую.',
  refresh: 'Обновить страницу',
  mine: 'Все мои счета',
  opening: 'Открываем страницу банка',
  openingText: 'Карту вы введёте на странице банка. Если она не открылась сама, нажмите кнопку.',
  stopped: 'Страница больше не обновляется сама.',
  gone: 'Такой страницы нет',
  goneText: 'Ссылка неполная, устарела или заменена другой. Попросите того, кто её прислал, отправить новую.',
  back: {
    paid: ['Оплата прошла', 'Спасибо! Эту страницу можно закрыть.'],
    waiting: ['Ждём ответа банка', 'Платить ещё раз не нужно. Откройте свой счёт: там появится результат.'],
    failed: ['Оплата не прошла', 'Деньги не списаны. Откройте свой счёт и попробуйте ещё раз.'],
    unknown: ['Вернитесь к своему счёту', 'Откройте его по той же ссылке, с которой начинали.'],
  },
}
const english: typeof russian = {
  phases: englishPhases,
  ends: englishEnds,
  tellings: englishTellings,
  invoice: 'Invoice',
  from: 'of',
  seller: 'Seller',
  inn: 'INN',
  fault: 'That did not work',
  left: 'Left to pay',
  toPay: 'To pay',
  due: 'Pay by',
  sums: 'Sum of the invoice',
  lines: 'What it is for',
  total: 'Total',
  discount: 'Discount',
  vat: 'Incl. VAT',
  noVat: 'No VAT',
  paid: 'Paid',
  ways: 'How to pay',
  byCard: 'Pay by card',
  bySbp: 'Show the SBP QR code',
  part: 'Pay a part',
  partLabel: 'How much to pay now, ₽',
  partHint: 'Left empty, all that is left is paid.',
  sumNow: 'Being paid now',
  toBank: 'Go on to pay by card',
  qr: 'SBP QR code to pay this invoice',
  qrHow: 'Point the camera of your telephone at it, or open the scanner in your bank’s application.',
  inApp: 'Open my bank’s application',
  papers: 'Papers',
  pdf: 'Invoice as PDF',
  receipt: 'Receipt',
  receiptSoon: 'The receipt will be here as soon as it has gone to the tax service.',
  refresh: 'Refresh this page',
  mine: 'All my invoices',
  opening: 'Opening the bank’s page',
  openingText: 'You enter your card on the bank’s page. If it has not opened by itself, press the button.',
  stopped: 'This page is no longer kept up to date.',
  gone: 'There is no such page',
  goneText: 'The link is incomplete, too old, or was replaced. Ask whoever sent it for a new one.',
  back: {
    paid: ['The payment has come', 'Thank you! You may close this page.'],
    waiting: ['Waiting for the bank', 'There is no need to pay again. Open your invoice to see the result.'],
    failed: ['The payment did not go through', 'Nothing was charged. Open your invoice and try again.'],
    unknown: ['Go back to your invoice', 'Open it by the same link that you came by.'],
  },
}

export type Words = typeof russian
export const wordsIn = (language: Language): Words => (language === 'ru' ? russian : english)
