/** @jsxImportSource hono/jsx */
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { Frame } from './frame.tsx'
import { type Language, languageOf } from './language.ts'
import { isPerson, sendPage } from './send-page.ts'

export type PageWords = { title: string; text: string }
type Kind = 'wrong' | 'foreign' | 'forbidden' | 'missing' | 'many' | 'away' | 'broken'

const russian: Record<Kind, PageWords> = {
  wrong: {
    title: 'Эта ссылка не работает',
    text: 'Она неполная или устарела. Вернитесь в приложение, откуда вы пришли, и начните вход заново.',
  },
  foreign: {
    title: 'Запрос пришёл не с нашей страницы',
    text: 'Мы ничего не сделали. Откройте приложение сами и повторите действие.',
  },
  forbidden: {
    title: 'Сюда у вас нет доступа',
    text: 'Если он вам нужен, попросите его у администратора.',
  },
  missing: { title: 'Такой страницы нет', text: 'Проверьте адрес или вернитесь в приложение.' },
  many: { title: 'Слишком много попыток', text: 'Подождите немного и попробуйте ещё раз.' },
  away: {
    title: 'Сервис сейчас не отвечает',
    text: 'Мы уже знаем об этом. Обновите страницу через несколько секунд.',
  },
  broken: { title: 'Что-то пошло не так', text: 'Ошибка на нашей стороне. Попробуйте ещё раз чуть позже.' },
}
const english: Record<Kind, PageWords> = {
  wrong: {
    title: 'This link does not work',
    text: 'It is incomplete or too old. Go back to the application that you came from and sign in anew.',
  },
  foreign: {
    title: 'This request did not come from our page',
    text: 'Nothing was done. Open the application yourself and try again.',
  },
  forbidden: { title: 'You may not come here', text: 'If you need to, ask the administrator for it.' },
  missing: { title: 'There is no such page', text: 'Check the address, or go back to the application.' },
  many: { title: 'Too many tries', text: 'Wait a little and try again.' },
  away: {
    title: 'The service does not answer just now',
    text: 'We know of it. Reload the page in a few seconds.',
  },
  broken: { title: 'Something went wrong', text: 'The fault is ours. Try again a little later.' },
}

type Told = { fields?: Record<string, string> }

const kindOf = (status: number, { fields }: Told): Kind => {
  if (status === 403) return fields?.Origin === undefined ? 'forbidden' : 'foreign'
  if (status === 404 || status === 405) return 'missing'
  if (status === 429) return 'many'
  if (status === 503) return 'away'
  return status >= 500 ? 'broken' : 'wrong'
}

export const languageOfRequest = (c: Context): Language =>
  languageOf(c.req.query('ui_locales'), c.req.header('accept-language'))

/** In the place of an answer that stands already, under its status and with its headers. */
export const replaceByPage = async (c: Context, page: Promise<Response>): Promise<void> => {
  const { status, headers } = c.res
  const made = await page
  for (const name of ['set-cookie', 'retry-after', 'www-authenticate', 'allow'])
    for (const value of name === 'set-cookie' ? headers.getSetCookie() : [headers.get(name)])
      if (value !== null && !made.headers.getSetCookie().includes(value)) made.headers.append(name, value)
  c.res = undefined
  c.res = new Response(made.body, { status, headers: made.headers })
}

/** A refusal that no page of its own has told: people get it in words, all others as a problem. */
export const tellPeople = () =>
  createMiddleware(async (c, next) => {
    await next()
    const isProblem = c.res.headers.get('content-type')?.startsWith('application/problem+json')
    if (c.res.status < 400 || !isProblem || !isPerson(c)) return
    const told = (await c.res.clone().json()) as Told
    const language = languageOfRequest(c)
    const { title, text } = (language === 'ru' ? russian : english)[kindOf(c.res.status, told)]
    const page = (
      <Frame language={language} title={title}>
        <h1>{title}</h1>
        <p>{text}</p>
      </Frame>
    )
    await replaceByPage(c, sendPage(c, page))
  })
