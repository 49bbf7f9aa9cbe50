/** @jsxImportSource hono/jsx */
import {
  Frame,
  isPerson,
  languageOfRequest,
  type PageWords,
  replaceByPage,
  sendPage,
} from '@kontora/service/pages'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { readProgress } from '../pages/progress.ts'
import type { Resources } from '../resources.ts'
import { keepPrivate, takeSecret } from './login-cookie.ts'
import type { Provider } from './provider.ts'

type Env = { Bindings: Resources; Variables: { provider: Provider } }

type Words = PageWords & { again: string }

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

type Refusal = { words: Words; again: string; withCode: string | undefined; caseId: string | undefined }

const RefusalPage = ({ language, refusal }: { language: 'ru' | 'en'; refusal: Refusal }) => {
  const { words, again, withCode, caseId } = refusal
  return (
    <Frame language={language} title={words.title}>
      <h1>{words.title}</h1>
      <p>{words.text}</p>
      {caseId && (
        <p>
          {language === 'ru' ? 'Номер обращения' : 'Case'}: <strong>{caseId}</strong>
        </p>
      )}
      {words.again && (
        <p>
          <a class="button" href={again}>
            {words.again}
          </a>
        </p>
      )}
      {withCode && (
        <p>
          <a class="button second" href={withCode}>
            {language === 'ru' ? 'Войти по коду из письма' : 'Sign in with a code'}
          </a>
        </p>
      )}
    </Frame>
  )
}

const caseOf = async (answer: Response): Promise<string | undefined> => {
  const { caseId } = (await answer.clone().json()) as { caseId?: unknown }
  return typeof caseId === 'string' ? caseId : undefined
}

/** A refusal is an answer of its own, so what keeps the callback private is said of it anew. */
const keepRefusalPrivate = <E extends Env>(c: Context<E>): void => {
  keepPrivate(c)
  if (c.res.status !== 400) takeSecret(c)
}

/** A browser on its way to or from a provider is a person: a refusal is told in words, with a way on to the application that waits. */
export const refusalPage = (choose: (c: Context<Env>) => Provider | undefined) =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    if (c.res.status < 400) return
    keepRefusalPrivate(c)
    if (!isPerson(c)) return
    const kind = kindOf(c.res.status)
    const language = languageOfRequest(c)
    const { back = '' } = await readProgress(c)
    const refusal = {
      words: { ru: russian, en: english }[language]((choose(c)?.label ?? unnamed)[language])[kind],
      again: `start${back}`,
      withCode: back && `${c.env.issuer}/v1/authorize${back}`,
      caseId: kind === 409 ? await caseOf(c.res) : undefined,
    }
    await replaceByPage(c, sendPage(c, <RefusalPage language={language} refusal={refusal} />))
  })
