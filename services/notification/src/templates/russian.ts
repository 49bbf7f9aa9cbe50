import { type CodeContent, type Draft, few, type LetterContent, type Reader } from './letter-content.ts'
import { formatRoubles } from './roubles.ts'

type Draw = { [Kind in LetterContent['kind']]: (content: Extract<LetterContent, { kind: Kind }>) => Body }
type Body = { subject: string; blocks: Draft['blocks'] }

const link = 'Открыть личный кабинет'
const pay = 'Посмотреть и оплатить счёт'
const notYou = 'Если это сделали не вы, откройте в личном кабинете страницу «Безопасность»:'
const roubles = (kopecks: number) => formatRoubles(kopecks, 'ru')
const day = (date: string) => date.split('-').reverse().join('.')

const documentNames = new Map([
  ['passport', 'паспорт'],
  ['contract', 'договор'],
  ['act', 'акт'],
  ['invoice', 'счёт'],
  ['receipt', 'чек'],
  ['statement', 'выписка'],
])

const reasons = new Map([
  ['unreadable', 'документ не читается'],
  ['wrong-document', 'это другой документ'],
  ['incomplete', 'в документе не хватает страниц или данных'],
  ['expired', 'срок действия документа истёк'],
])

const drawn: Draw = {
  'invoice-issued': ({ amountKopecks }) => ({
    subject: `Вам выставлен счёт на ${roubles(amountKopecks)}`,
    blocks: [
      { text: `Вам выставлен счёт на ${roubles(amountKopecks)}. Оплатить его можно в личном кабинете.` },
      { pay },
      { link },
    ],
  }),
  'invoice-paid': ({ amountKopecks }) => ({
    subject: `Счёт на ${roubles(amountKopecks)} оплачен`,
    blocks: [{ text: `Мы получили оплату: ${roubles(amountKopecks)}. Спасибо!` }, { link }],
  }),
  'invoice-partly-paid': ({ amountKopecks, leftKopecks }) => ({
    subject: `Получена часть оплаты: ${roubles(amountKopecks)}`,
    blocks: [
      {
        text: `Мы получили ${roubles(amountKopecks)} по вашему счёту. Осталось оплатить ${roubles(leftKopecks)}.`,
      },
      { pay },
      { link },
    ],
  }),
  'invoice-reminder': ({ amountKopecks, leftKopecks, dueOn, isOverdue }) => ({
    subject: isOverdue
      ? `Счёт на ${roubles(amountKopecks)} не оплачен в срок`
      : `Счёт на ${roubles(amountKopecks)}: оплатить до ${day(dueOn)}`,
    blocks: [
      {
        text: isOverdue
          ? `Срок оплаты вашего счёта на ${roubles(amountKopecks)} истёк ${day(dueOn)}.`
          : `Напоминаем: ваш счёт на ${roubles(amountKopecks)} нужно оплатить до ${day(dueOn)} включительно.`,
      },
      ...(leftKopecks < amountKopecks
        ? [{ text: `Часть мы уже получили, осталось оплатить ${roubles(leftKopecks)}.` }]
        : []),
      {
        text: 'Если вы уже заплатили, ничего делать не нужно: перевод из банка может идти до трёх рабочих дней.',
      },
      { pay },
      { link },
    ],
  }),
  'refund-settled': ({ amountKopecks }) => ({
    subject: `Возврат ${roubles(amountKopecks)}`,
    blocks: [
      { text: `Мы вернули вам ${roubles(amountKopecks)}. Деньги придут тем же путём, каким вы платили.` },
      { link },
    ],
  }),
  'document-requested': ({ documentKind, dueOn }) => ({
    subject: 'Нужен документ',
    blocks: [
      {
        text: `Пожалуйста, загрузите документ в личном кабинете: ${documentNames.get(documentKind) ?? 'какой именно, написано там'}.`,
      },
      ...(dueOn ? [{ text: `Срок: до ${day(dueOn)}.` }] : []),
      { link },
    ],
  }),
  'document-accepted': () => ({
    subject: 'Документ принят',
    blocks: [{ text: 'Мы проверили ваш документ, он принят.' }, { link }],
  }),
  'document-rejected': ({ reasonCode }) => ({
    subject: 'Документ не принят',
    blocks: [
      {
        text: `Мы проверили ваш документ и не смогли его принять: ${reasons.get(reasonCode) ?? 'причина указана в личном кабинете'}.`,
      },
      { text: 'Пожалуйста, загрузите его ещё раз.' },
      { link },
    ],
  }),
  'identity-linked': ({ way }) => ({
    subject: `Вход по ${way.ru} подключён`,
    blocks: [
      { text: `Теперь в личный кабинет можно войти и по ${way.ru}.` },
      {
        text: `Если это сделали не вы, отключите вход по ${way.ru} в личном кабинете: начатые так сеансы сразу завершатся.`,
      },
      { link },
    ],
  }),
  'identity-unlinked': ({ way }) => ({
    subject: `Вход по ${way.ru} отключён`,
    blocks: [
      {
        text: `Войти по ${way.ru} больше нельзя, а начатые так сеансы завершены. По коду из письма войти можно.`,
      },
      { text: 'Если это сделали не вы, обратитесь в поддержку.' },
      { link },
    ],
  }),
  'identity-disputed': ({ way, caseId }) => ({
    subject: `Вход по ${way.ru} приостановлен`,
    blocks: [
      {
        text: `Один и тот же ${way.ru} оказался связан с вашей и ещё с одной учётной записью. Пока мы не разберёмся, войти по нему нельзя; по коду из письма можно.`,
      },
      { text: `Обратитесь в поддержку и назовите номер обращения: ${caseId}` },
      { link },
    ],
  }),
  'device-added': ({ way }) => ({
    subject: `Вход по ${way.ru} с нового устройства`,
    blocks: [
      { text: `В личный кабинет вошли по ${way.ru} из браузера, который мы видим впервые.` },
      {
        text: `Если это были вы, ничего делать не нужно. Если нет, отключите вход по ${way.ru} в личном кабинете: этот сеанс сразу завершится.`,
      },
      { link },
    ],
  }),
  'session-taken': () => ({
    subject: 'Мы завершили один из ваших сеансов',
    blocks: [
      {
        text: 'Ключ одного из ваших сеансов был использован дважды. Так бывает, когда его похитили, поэтому мы завершили этот сеанс на всех устройствах: войдите заново.',
      },
      { text: 'Проверьте в личном кабинете список сеансов и завершите те, которых не узнаёте.' },
      { link },
    ],
  }),
  'passkey-added': () => ({
    subject: 'Добавлен ключ доступа',
    blocks: [
      {
        text: 'Теперь в личный кабинет можно войти и по новому ключу доступа, им же подтверждаются важные действия.',
      },
      { text: `${notYou} удалите этот ключ и завершите остальные сеансы.` },
      { link },
    ],
  }),
  'passkey-removed': () => ({
    subject: 'Удалён ключ доступа',
    blocks: [
      { text: 'Войти по этому ключу доступа больше нельзя. По коду из письма войти можно.' },
      { text: `${notYou} завершите остальные сеансы и обратитесь в поддержку.` },
      { link },
    ],
  }),
  'recovery-codes-made': () => ({
    subject: 'Созданы новые резервные коды',
    blocks: [
      { text: 'Вы получили новые резервные коды, прежние больше не действуют.' },
      { text: `${notYou} завершите остальные сеансы и создайте коды заново.` },
      { link },
    ],
  }),
  'recovery-code-used': ({ left }) => ({
    subject: 'Использован резервный код',
    blocks: [
      { text: `Резервным кодом подтвердили, что это вы. Осталось кодов: ${left}.` },
      ...(left <= few ? [{ text: 'Их мало: создайте новые в личном кабинете.' }] : []),
      { text: `${notYou} завершите остальные сеансы и создайте коды заново.` },
      { link },
    ],
  }),
  mailing: ({ subject, text }) => ({ subject, blocks: text.split(/\n{2,}/).map((part) => ({ text: part })) }),
}

export const drawRussian = (content: LetterContent, { displayName }: Reader): Draft => ({
  ...drawn[content.kind](content as never),
  greeting: displayName ? `Здравствуйте, ${displayName}!` : 'Здравствуйте!',
})

const codeWords = {
  'sign-in': {
    subject: 'Код для входа',
    before: 'Ваш код для входа:',
    after: 'Если вы не входили, ничего делать не нужно.',
  },
  'second-proof': {
    subject: 'Код подтверждения',
    before: 'Вы вошли и начали действие, которое нужно подтвердить. Ваш код:',
    after: 'Если это не вы, кто-то другой вошёл под вашим именем: завершите свои сеансы и сообщите нам.',
  },
}

export const drawRussianCode = ({ code, minutes, purpose }: CodeContent): Draft => ({
  subject: codeWords[purpose].subject,
  greeting: null,
  blocks: [
    { text: codeWords[purpose].before },
    { code },
    { text: `Он действует ${minutes} мин. Никому не сообщайте этот код: сотрудники его не спрашивают.` },
    { text: codeWords[purpose].after },
  ],
})
