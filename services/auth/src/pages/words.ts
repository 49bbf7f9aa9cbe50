import type { Language } from '@kontora/service/pages'

/** '30 seconds from now' in the reader's words: «через 30 секунд». */
export const whenIn = (language: Language, seconds: number): string => {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' })
  if (seconds <= 90) return format.format(Math.max(1, Math.ceil(seconds)), 'second')
  if (seconds <= 90 * 60) return format.format(Math.ceil(seconds / 60), 'minute')
  return format.format(Math.ceil(seconds / 3600), 'hour')
}

const russian = {
  address: {
    title: 'Вход',
    lead: 'Укажите адрес электронной почты, и мы пришлём на него код для входа. Пароль не нужен.',
    label: 'Электронная почта',
    submit: 'Получить код',
  },
  link: (name: string) => ({
    title: 'Подтвердите почту',
    lead: `${name} подтвердил, кто вы. Осталось один раз подтвердить адрес почты, и дальше для входа хватит ${name}.`,
  }),
  or: 'или',
  by: (name: string) => `Войти по ${name}`,
  passkey: {
    submit: 'Войти с ключом доступа',
    failed: 'С ключом доступа не получилось. Попробуйте ещё раз или войдите по коду из письма.',
  },
  code: {
    title: 'Введите код из письма',
    lead: 'Если по этому адресу можно войти, письмо с кодом уже отправлено:',
    label: 'Код',
    hint: '6 цифр. Код действует 10 минут и подходит только в этом браузере.',
    submit: 'Войти',
    again: 'Отправить ещё раз',
    change: 'Изменить адрес',
    missing: 'Письма нет? Проверьте папку «Спам».',
    nextCode: (when: string) => `Новый код можно запросить ${when}.`,
  },
  fault: {
    title: 'Не получилось',
    prefix: 'Ошибка: ',
    email: 'Проверьте адрес: он должен быть вида name@example.ru.',
    form: 'Введите 6 цифр из письма.',
    wrong: (left: number) => `Код не подошёл. Осталось попыток: ${left}.`,
    spent: 'Код не подошёл, и попыток для него больше нет. Запросите новый код.',
    expired: 'Срок действия кода истёк. Запросите новый.',
    wait: (when: string) => `Слишком много попыток. Следующая будет возможна ${when}.`,
    coolDown: (when: string) => `Код недавно уже запрашивали. Следующий можно будет запросить ${when}.`,
    passkey: 'Этот ключ доступа не подошёл. Попробуйте ещё раз или войдите по коду из письма.',
    away: (when: string) => `Сервис сейчас не отвечает. Код ещё действует, попробуйте ${when}.`,
    lost: 'Этот вход начат слишком давно или в другом браузере. Укажите адрес ещё раз.',
    conflict: (name: string) =>
      `Этот ${name} уже связан с другой учётной записью. Мы ничего не изменили, обратитесь в поддержку.`,
  },
  signedIn: (_name: string) => ({
    title: 'Вы вошли',
    text: 'Вернитесь в приложение и продолжайте: входить ещё раз не понадобится.',
  }),
  linked: (name: string) => ({
    title: `${name} связан`,
    text: `Теперь вы можете входить по ${name}. Эту страницу можно закрыть.`,
  }),
  confirm: (name: string) => ({
    title: `${name} подтвердил, кто вы`,
    text: 'Вернитесь в приложение и начните вход: осталось подтвердить адрес почты.',
  }),
  signOut: {
    title: 'Выйти?',
    text: 'Вы выйдете из всех приложений, открытых в этом браузере.',
    submit: 'Выйти',
  },
  signedOut: (_name: string) => ({ title: 'Вы вышли', text: 'Сеанс в этом браузере завершён.' }),
}
export type Words = typeof russian

const english: Words = {
  address: {
    title: 'Sign in',
    lead: 'Give your e-mail address, and we will send a sign-in code to it. There is no password.',
    label: 'E-mail address',
    submit: 'Send me a code',
  },
  link: (name) => ({
    title: 'Confirm your e-mail address',
    lead: `${name} has confirmed who you are. Confirm your e-mail address once, and from then on ${name} alone will do.`,
  }),
  or: 'or',
  by: (name) => `Sign in with ${name}`,
  passkey: {
    submit: 'Sign in with a passkey',
    failed: 'The passkey did not work. Try again, or sign in with a code from a letter.',
  },
  code: {
    title: 'Enter the code from the letter',
    lead: 'If this address can sign in here, a letter with a code is on its way to it:',
    label: 'Code',
    hint: '6 digits. The code is good for 10 minutes, in this browser alone.',
    submit: 'Sign in',
    again: 'Send it again',
    change: 'Change the address',
    missing: 'No letter? Look into the spam folder.',
    nextCode: (when) => `You can ask for a new code ${when}.`,
  },
  fault: {
    title: 'That did not work',
    prefix: 'Error: ',
    email: 'Check the address: it should look like name@example.com.',
    form: 'Enter the 6 digits from the letter.',
    wrong: (left) => `The code is not right. Tries left: ${left}.`,
    spent: 'The code is not right, and it has no tries left. Ask for a new one.',
    expired: 'The code is too old. Ask for a new one.',
    wait: (when) => `Too many tries. The next one is possible ${when}.`,
    coolDown: (when) => `A code was asked for not long ago. You can ask for the next one ${when}.`,
    passkey: 'This passkey is not right. Try again, or sign in with a code from a letter.',
    away: (when) => `The service does not answer just now. Your code stays good, try again ${when}.`,
    lost: 'This sign-in was begun too long ago or in another browser. Give your address again.',
    conflict: (name) =>
      `This ${name} is linked to another account already. Nothing was changed, please turn to the support.`,
  },
  signedIn: () => ({
    title: 'You are signed in',
    text: 'Go back to the application and go on: you will not have to sign in again.',
  }),
  linked: (name) => ({
    title: `Your ${name} is linked`,
    text: `You can sign in with ${name} from now on. You may close this page.`,
  }),
  confirm: (name) => ({
    title: `${name} has confirmed who you are`,
    text: 'Go back to the application and sign in: only your e-mail address is left to be confirmed.',
  }),
  signOut: {
    title: 'Sign out?',
    text: 'You will be signed out of every application in this browser.',
    submit: 'Sign out',
  },
  signedOut: () => ({ title: 'You are signed out', text: 'The session in this browser has ended.' }),
}

export const wordsIn = (language: Language): Words => (language === 'ru' ? russian : english)
