/** @jsxImportSource hono/jsx */
import { type Language, languageOfRequest, sendPage } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { base64url } from 'jose'
import { type AuthorizationRequest, queryAfterSignIn } from '../authorize/authorization-request.ts'
import { triesPerCode } from '../codes/flow.ts'
import type { AskedProof, Progress } from '../pages/progress.ts'
import { addressOf, isSpent } from '../pages/show-sign-in.tsx'
import type { Fault, SignInPage } from '../pages/sign-in-page.tsx'
import { whenIn, wordsIn } from '../pages/words.ts'
import { scriptAddress } from '../passkeys/script-routes.ts'
import type { Resources } from '../resources.ts'
import { askForProof } from '../second-proof/ask-for-proof.ts'
import { waysOf } from '../second-proof/ways.ts'
import type { Session } from '../sessions/session.ts'
import { type StepUp, StepUpPage } from './step-up-page.tsx'

type Env = { Bindings: Resources }
type Shown = { fault?: Fault | undefined; status?: ContentfulStatusCode }

/** The page for whoever is signed in and has to prove it once more: by what he has. */
export const showStepUp = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  session: Session,
  { proof }: Pick<Progress, 'proof'>,
  { fault, status = 200 }: Shown = {},
): Promise<Response> => {
  const { issuer, now, random, sql } = c.env
  const language = languageOfRequest(c)
  const to = addressOf(issuer, queryAfterSignIn(request))
  const ways = await waysOf(sql, session.userId)
  const hasPasskey = ways.includes('passkey')
  const asked = proof?.sessionId === session.id ? proof : undefined
  const code = hasPasskey ? undefined : codeOf(asked, language, now())
  const page = {
    language,
    to,
    key: base64url.encode(random(16)),
    fault: fault ?? faultOf(code, asked, language),
  }
  const passkey = hasPasskey ? await askedPasskey(c.env, session, to) : undefined
  const script = hasPasskey ? scriptAddress(c.env) : undefined
  const hasRecoveryCodes = ways.includes('recovery-code')
  const sendsTo = [new URL(request.redirectUri).origin]
  return sendPage(c, <StepUpPage {...{ page, passkey, code, hasRecoveryCodes, script }} />, {
    ...{ status, sendsTo, script },
  })
}

const askedPasskey = async (resources: Resources, { id, userId }: Session, to: SignInPage['to']) => {
  const { options, challengeId } = await askForProof(resources, { userId, sessionId: id })
  return { action: to('/v1/step-up/passkey'), challengeId, options }
}

const codeOf = (asked: AskedProof | undefined, language: Language, now: Date): StepUp['code'] => {
  if (!asked) return { isAsked: false, isOver: false, again: '' }
  const wait = (asked.resendAt - now.getTime()) / 1000
  const again = wait > 0 ? wordsIn(language).code.nextCode(whenIn(language, wait)) : ''
  return { isAsked: true, isOver: isSpent(asked, now), again }
}

const faultOf = (
  code: StepUp['code'],
  asked: AskedProof | undefined,
  language: Language,
): Fault | undefined => {
  if (!code?.isOver || !asked) return undefined
  const { fault } = wordsIn(language)
  return { text: asked.wrong >= triesPerCode ? fault.spent : fault.expired }
}
