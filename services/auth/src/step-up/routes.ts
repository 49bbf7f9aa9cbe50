import { describe, validate } from '@kontora/service'
import { languageOfRequest, ownForm, tellPeople } from '@kontora/service/pages'
import { HeaderToken } from '@kontora/validation'
import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { sendBack } from '../authorize/answer.ts'
import { browserSession } from '../authorize/browser-session.ts'
import { requestOf } from '../authorize/request-of.ts'
import { triesPerCode } from '../codes/flow.ts'
import { readProgress } from '../pages/progress.ts'
import { wordsIn } from '../pages/words.ts'
import { PageAssertion } from '../passkeys/page-passkey.ts'
import { RecoveryCode } from '../recovery-codes/recovery-code.ts'
import type { Resources } from '../resources.ts'
import { proveByCode } from '../second-proof/prove-by-code.ts'
import { proveByPasskey } from '../second-proof/prove-by-passkey.ts'
import { proveByRecoveryCode } from '../second-proof/prove-by-recovery-code.ts'
import { askByPage } from './ask-by-page.ts'
import { proveByPage, type Standing } from './prove-by-page.ts'
import { showStepUp } from './show-step-up.tsx'
import { stepUpWordsIn } from './words.ts'

type Env = { Bindings: Resources; Variables: { standing: Standing } }

const KeyForm = v.object({ key: HeaderToken(255) })
/** What a person types is judged by the page itself, in words. */
const Typed = v.pipe(v.string(), v.maxLength(100))

const answers = {
  ...{ 303: null, 400: 'text/html', 401: 'text/html', 409: 'text/html', 429: 'text/html', 503: 'text/html' },
}
const own = () => ownForm<Resources>(({ issuer }) => new URL(issuer).origin)

/** Whoever is not signed in any more begins there. */
const standing = () =>
  createMiddleware<Env>(async (c, next) => {
    const request = requestOf(c)
    const session = await browserSession(c)
    if (!session) return sendBack(c, `${c.env.issuer}/v1/authorize?${request.query}`)
    c.set('standing', { request, session })
    await next()
  })

const refuseTyped = async (c: Context<Env>, text: string, field?: 'code' | 'recovery') => {
  const { request, session } = c.var.standing
  const fault = { text, ...(field && { field }) }
  return showStepUp(c, request, session, await readProgress(c), { fault, status: 400 })
}

const proveByTypedCode = async (c: Context<Env>, typed: string): Promise<Response> => {
  const language = languageOfRequest(c)
  const { fault } = wordsIn(language)
  const { proof } = await readProgress(c)
  if (proof?.sessionId !== c.var.standing.session.id)
    return refuseTyped(c, stepUpWordsIn(language).fault.lost)
  const code = typed.replaceAll(/[\s-]/g, '')
  if (!/^\d{6}$/.test(code)) return refuseTyped(c, fault.form, 'code')
  const { flowId, flowSecret, wrong } = proof
  const left = triesPerCode - wrong - 1
  return proveByPage(c, c.var.standing, {
    prove: (prover) => proveByCode(c.env, prover, { flowId, flowSecret, code }),
    onWrong: () => ({
      fault: left > 0 ? { text: fault.wrong(left), field: 'code' } : { text: fault.spent },
      proof: { ...proof, wrong: wrong + 1 },
    }),
  })
}

export const stepUps = new Hono<Env>()
  .post(
    '/ask',
    describe('The page has a code sent to prove by', answers),
    ...[tellPeople(), own()],
    validate('form', KeyForm),
    standing(),
    (c) => askByPage(c, c.var.standing, c.req.valid('form').key),
  )
  .post(
    '/code',
    describe('The page proves by a code', answers),
    ...[tellPeople(), own()],
    validate('form', v.object({ code: Typed })),
    standing(),
    (c) => proveByTypedCode(c, c.req.valid('form').code),
  )
  .post(
    '/recovery-code',
    describe('The page proves by a recovery code', answers),
    ...[tellPeople(), own()],
    validate('form', v.object({ recovery: Typed })),
    standing(),
    (c) => {
      const { fault } = stepUpWordsIn(languageOfRequest(c))
      const code = v.safeParse(RecoveryCode, c.req.valid('form').recovery)
      if (!code.success) return refuseTyped(c, fault.recoveryForm, 'recovery')
      return proveByPage(c, c.var.standing, {
        prove: (prover) => proveByRecoveryCode(c.env, prover, code.output),
        onWrong: () => ({ fault: { text: fault.recovery, field: 'recovery' } }),
      })
    },
  )
  .post(
    '/passkey',
    describe('The page proves by a passkey', answers),
    ...[tellPeople(), own()],
    validate('form', PageAssertion),
    standing(),
    (c) =>
      proveByPage(c, c.var.standing, {
        prove: (prover) => proveByPasskey(c.env, prover, c.req.valid('form')),
        onWrong: () => ({ fault: { text: stepUpWordsIn(languageOfRequest(c)).fault.passkey } }),
      }),
  )
