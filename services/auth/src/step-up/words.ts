import type { Language } from '@kontora/service/pages'

const russian = {
  title: 'Подтвердите, что это вы',
  lead: 'Вы вошли, но для этого действия нужно ещё одно подтверждение. Его хватит на 5 минут.',
  passkey: {
    submit: 'Подтвердить ключом доступа',
    failed: 'С ключом доступа не получилось. Попробуйте ещё раз.',
    without:
      'Ключ доступа работает только с включённым JavaScript и в браузере, который умеет с ними работать. Включите JavaScript и обновите страницу или откройте её в другом браузере.',
    withoutButCodes: 'Или введите резервный код: ему JavaScript не нужен.',
    lost: 'Потеряли ключ доступа, а резервных кодов нет? Обратитесь в поддержку: ключ снимут, и подтверждать можно будет кодом из письма.',
  },
  ask: {
    text: 'Мы пришлём новый код на адрес вашей почты. Код, которым вы вошли, не подойдёт.',
    submit: 'Получить код',
  },
  code: {
    lead: 'Новый код отправлен на адрес вашей почты.',
    hint: '6 цифр. Код действует 10 минут и подходит только в этом браузере.',
    submit: 'Подтвердить',
  },
  recovery: {
    or: 'или',
    label: 'Резервный код',
    hint: '16 букв и цифр с листа, который вы сохранили. Каждый код подходит один раз.',
    submit: 'Подтвердить резервным кодом',
  },
  other: 'Это не я: войти под другим именем',
  fault: {
    passkey: 'Этот ключ доступа не подошёл. Попробуйте ещё раз.',
    recovery: 'Резервный код не подошёл. Возможно, он уже использован.',
    recoveryForm: 'Введите 16 букв и цифр резервного кода.',
    lost: 'Этот код запрошен слишком давно или в другом браузере. Запросите новый.',
    noAddress: 'У вас нет адреса почты, на который можно послать код. Обратитесь в поддержку.',
  },
}
export type StepUpWords = typeof russian

const english: StepUpWords = {
  title: 'Confirm that it is you',
  lead: 'You are signed in, but this needs one more proof. It is good for 5 minutes.',
  passkey: {
    submit: 'Confirm with a passkey',
    failed: 'The passkey did not work. Try again.',
    without:
      'A passkey works with JavaScript alone, in a browser that knows passkeys. Turn JavaScript on and reload this page, or open it in another browser.',
    withoutButCodes: 'Or give a recovery code, which needs no JavaScript.',
    lost: 'Lost your passkey and no recovery codes left? Ask the support to take it off; then a code by e-mail will do.',
  },
  ask: {
    text: 'We will send a new code to your e-mail address. The one that signed you in will not do.',
    submit: 'Send me a code',
  },
  code: {
    lead: 'A new code is on its way to your e-mail address.',
    hint: '6 digits. The code is good for 10 minutes, in this browser alone.',
    submit: 'Confirm',
  },
  recovery: {
    or: 'or',
    label: 'Recovery code',
    hint: '16 letters and digits from the sheet that you kept. Each code is good once.',
    submit: 'Confirm with a recovery code',
  },
  other: 'This is not me: sign in as somebody else',
  fault: {
    passkey: 'This passkey is not right. Try again.',
    recovery: 'The recovery code is not right. It may have been used before.',
    recoveryForm: 'Give the 16 letters and digits of a recovery code.',
    lost: 'This code was asked for too long ago or in another browser. Ask for a new one.',
    noAddress: 'You have no e-mail address that a code could be sent to. Please turn to the support.',
  },
}

export const stepUpWordsIn = (language: Language): StepUpWords => (language === 'ru' ? russian : english)
