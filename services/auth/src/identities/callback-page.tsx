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

type Env = { Bindings: Resources }

type Words = PageWords & { again: string }

type Kind = 401 | 404 | 409 | 503

const russian: Record<Kind, Words> = {
  401: {
    title: 'Войти по Сбер ID не получилось',
    text: 'Сбер ID не подтвердил вход, или он был начат в другом браузере. Попробуйте ещё раз или войдите по коду из письма.',
    again: 'Попробовать ещё раз',
  },
  404: {
    title: 'Вход по Сбер ID не настроен',
    text: 'Войдите по коду из письма.',
    again: '',
  },
  409: {
    title: 'Этот Сбер ID уже связан с другой учётной записью',
    text: 'Мы ничего не изменили. Обратитесь в поддержку.',
    again: '',
  },
  503: {
    title: 'Сбер ID сейчас не отвечает',
    text: 'Попробуйте ещё раз через несколько секунд или войдите по коду из письма.',
    again: 'Попробовать ещё раз',
  },
}
const english: Record<Kind, Words> = {
  401: {
    title: 'Sign-in by Sber ID did not work',
    text: 'Sber ID has not confirmed who you are, or this was begun in another browser. Try again, or sign in with a code from a letter.',
    again: 'Try again',
  },
  404: { title: 'Sign-in by Sber ID is not set up', text: 'Sign in with a code from a letter.', again: '' },
  409: {
    title: 'This Sber ID is linked to another account already',
    text: 'Nothing was changed. Please turn to the support.',
    again: '',
  },
  503: {
    title: 'Sber ID does not answer just now',
    text: 'Try again in a few seconds, or sign in with a code from a letter.',
    again: 'Try again',
  },
}

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

/** A browser that comes back is a person: a refusal is told in words, with a way on to the application that waits. */
export const refusalPage = () =>
  createMiddleware<Env>(async (c, next) => {
    await next()
    if (c.res.status < 400) return
    keepRefusalPrivate(c)
    if (!isPerson(c)) return
    const kind = kindOf(c.res.status)
    const language = languageOfRequest(c)
    const { back = '' } = await readProgress(c)
    const refusal = {
      words: (language === 'ru' ? russian : english)[kind],
      again: `start${back}`,
      withCode: back && `${c.env.issuer}/v1/authorize${back}`,
      caseId: kind === 409 ? await caseOf(c.res) : undefined,
    }
    await replaceByPage(c, sendPage(c, <RefusalPage language={language} refusal={refusal} />))
  })
