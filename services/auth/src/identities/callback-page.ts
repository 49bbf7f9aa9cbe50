import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { html } from 'hono/html'
import type { Resources } from '../resources.ts'
import { keepPrivate, takeSecret } from './login-cookie.ts'
import type { Provider } from './provider.ts'

type Env = { Bindings: Resources; Variables: { provider: Provider } }

type Words = { title: string; text: string; again: string }

type Kind = 401 | 404 | 409 | 503

const russian = (name: string): Record<Kind, Words> => ({
  401: {
    title: `Войти по ${name} не получилось`,
    text: `${name} не подтвердил вход, или он был начат в другом браузере. Попробуйте ещё раз или войдите по коду из письма.`,
    again: 'Попробовать ещё раз',
  },
  404: {
    title: `Вход по ${name} не настроен`,
    text: 'Войдите по коду из письма.',
    again: '',
  },
  409: {
    title: `Этот ${name} уже связан с другой учётной записью`,
    text: 'Мы ничего не изменили. Обратитесь в поддержку.',
    again: '',
  },
  503: {
    title: `${name} сейчас не отвечает`,
    text: 'Попробуйте ещё раз через несколько секунд или войдите по коду из письма.',
    again: 'Попробовать ещё раз',
  },
})
const english = (name: string): Record<Kind, Words> => ({
  401: {
    title: `Sign-in by ${name} did not work`,
    text: `${name} has not confirmed who you are, or this was begun in another browser. Try again, or sign in with a code from a letter.`,
    again: 'Try again',
  },
  404: { title: `Sign-in by ${name} is not set up`, text: 'Sign in with a code from a letter.', again: '' },
  409: {
    title: `This ${name} is linked to another account already`,
    text: 'Nothing was changed. Please turn to the support.',
    again: '',
  },
  503: {
    title: `${name} does not answer just now`,
    text: 'Try again in a few seconds, or sign in with a code from a letter.',
    again: 'Try again',
  },
})

/** Where the address names nobody that is set up. */
const unnamed = { ru: 'этой учётной записи', en: 'this account' }

/** A wrong address is a sign-in that did not work, whatever was wrong with it. */
const kindOf = (status: number): Kind =>
  status === 404 || status === 409 ? status : status >= 500 ? 503 : 401

const isPerson = (c: Context): boolean => /\btext\/html\b/.test(c.req.header('accept') ?? '')
const readsRussian = (c: Context): boolean => !/^\s*en\b/i.test(c.req.header('accept-language') ?? 'ru')

const page = (lang: string, { title, text, again }: Words, caseId: string | undefined) => html`<!doctype html>
<html lang="${lang}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><main><h1>${title}</h1><p>${text}</p>
${caseId && html`<p>${lang === 'ru' ? 'Номер обращения' : 'Case'}: ${caseId}</p>`}
${again && html`<p><a href="start">${again}</a></p>`}</main></body>
</html>`

const caseOf = async (answer: Response): Promise<string | undefined> => {
  const { caseId } = (await answer.clone().json()) as { caseId?: unknown }
  return typeof caseId === 'string' ? caseId : undefined
}

/** A refusal is an answer of its own, so what keeps the callback private is said of it anew. */
const keepRefusalPrivate = <E extends Env>(c: Context<E>): void => {
  keepPrivate(c)
  if (c.res.status !== 400) takeSecret(c)
}

/** A browser on its way to or from a provider is a person: a refusal is told in words, with a way on. */
export const refusalPage = (choose: (c: Context<Env>) => Provider | undefined) =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    if (c.res.status < 400) return
    keepRefusalPrivate(c)
    if (!isPerson(c)) return
    const kind = kindOf(c.res.status)
    const caseId = kind === 409 ? await caseOf(c.res) : undefined
    const lang = readsRussian(c) ? 'ru' : 'en'
    const words = { ru: russian, en: english }[lang]((choose(c)?.label ?? unnamed)[lang])
    const text = await page(lang, words[kind], caseId)
    c.header('content-type', 'text/html; charset=utf-8')
    c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    const { status, headers } = c.res
    c.res = undefined
    c.res = new Response(String(text), { status, headers })
  })
