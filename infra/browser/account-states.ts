import type { State } from './states.ts'
import { addPasskey, askAnew, plugIn, press, proveByPage, sendCode, toAccount, toStepUp } from './steps.ts'

const stepUp: [string, string] = ['Подтвердите, что это вы', 'Confirm that it is you']
const security: [string, string] = ['Безопасность', 'Security']

export const ofAccount: State[] = [
  { name: 'a second proof by a code', titles: stepUp, reach: ({ page }, stand) => toStepUp(page, stand) },
  {
    name: 'a second proof whose code is wrong',
    titles: stepUp,
    isFault: true,
    reach: async ({ page }, stand) => {
      const email = await toStepUp(page, stand)
      const next = await stand.nextCodeTo(email)
      await press(page, 'form[action*="/step-up/ask"] button')
      await sendCode(page, String((Number(await next()) + 1) % 1_000_000).padStart(6, '0'))
    },
  },
  {
    name: 'my security before a second proof',
    titles: security,
    reach: ({ page }, stand) => toAccount(page, stand),
  },
  {
    name: 'my security after a second proof',
    titles: security,
    reach: async ({ page }, stand) => {
      await plugIn(page)
      await proveByPage(page, stand)
      await addPasskey(page, 'Рабочий ноутбук')
    },
  },
  {
    name: 'my recovery codes',
    titles: ['Ваши резервные коды', 'Your recovery codes'],
    reach: async ({ page }, stand) => {
      await proveByPage(page, stand)
      await press(page, 'form[action*="/recovery-codes"] button')
    },
  },
  {
    name: 'on the way to a provider',
    titles: ['Подключить Сбер ID', 'Link Sber ID'],
    reach: async ({ page }, stand) => {
      await proveByPage(page, stand)
      await press(page, 'form[action*="/providers/link"] button')
    },
  },
  {
    name: 'a second proof by a passkey or a recovery code',
    titles: stepUp,
    reach: async ({ page }, stand) => {
      await plugIn(page)
      await proveByPage(page, stand)
      await press(page, 'form[action*="/recovery-codes"] button')
      await press(page, 'a.button')
      await addPasskey(page, 'Ноутбук')
      await askAnew(page, stand)
    },
  },
]
