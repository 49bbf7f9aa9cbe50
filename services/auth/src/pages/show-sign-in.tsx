/** @jsxImportSource hono/jsx */
import { type Language, languageOfRequest, sendPage } from '@kontora/service/pages'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { base64url } from 'jose'
import type { AuthorizationRequest } from '../authorize/authorization-request.ts'
import { triesPerCode } from '../codes/flow.ts'
import { providersOf } from '../identities/provider.ts'
import { askForSignIn } from '../passkeys/ask-for-sign-in.ts'
import type { PasskeyAsking } from '../passkeys/passkey-form.tsx'
import { scriptAddress } from '../passkeys/script-routes.ts'
import type { Resources } from '../resources.ts'
import type { AskedCode, Progress } from './progress.ts'
import { AddressPage, CodePage, type Fault, type SignInPage, type Way } from './sign-in-page.tsx'
import { whenIn, wordsIn } from './words.ts'

type Env = { Bindings: Resources }

/** What a page shows besides where the sign-in stands. */
type Shown = { fault?: Fault | undefined; status?: ContentfulStatusCode; email?: string }

export const addressOf =
  (issuer: string, query: string): SignInPage['to'] =>
  (path, more = {}) => {
    const parameters = new URLSearchParams(query)
    for (const [name, value] of Object.entries(more)) parameters.set(name, value)
    return `${issuer}${path}?${parameters}`
  }

type Spendable = Pick<AskedCode, 'expiresAt' | 'wrong'>
export const isSpent = ({ expiresAt, wrong }: Spendable, now: Date): boolean =>
  wrong >= triesPerCode || expiresAt <= now.getTime()

const waysIn = (resources: Resources, language: Language, to: SignInPage['to']): Way[] =>
  providersOf(resources)
    .filter(({ canAsk }) => canAsk)
    .map(({ name, label }) => ({
      name,
      label: label[language],
      href: to(`/v1/${name === 'sber-id' ? name : `openid/${name}`}/start`),
    }))

/** The same for everybody: nobody has said who he is. */
const passkeyAsking = async (resources: Resources, to: SignInPage['to']): Promise<PasskeyAsking> => {
  const { options, ...challenge } = await askForSignIn(resources)
  return { action: to('/v1/sign-in/by-passkey'), options, ...challenge }
}

/** The page for where the sign-in stands in this browser: the address, or the code. */
export const showSignIn = async <E extends Env>(
  c: Context<E>,
  request: AuthorizationRequest,
  { asked, link }: Progress,
  { fault, status = 200, email = '' }: Shown = {},
): Promise<Response> => {
  const { issuer, now, random } = c.env
  const language = languageOfRequest(c)
  const to = addressOf(issuer, request.query)
  const page: SignInPage = { language, to, key: base64url.encode(random(16)), fault }
  const sendsTo = [new URL(request.redirectUri).origin]
  if (!asked) {
    const label = (name: string) => providersOf(c.env).find((one) => one.name === name)?.label[language]
    const linking = link && label(link.provider)
    const ways = linking === undefined ? waysIn(c.env, language, to) : []
    const passkey = linking === undefined ? await passkeyAsking(c.env, to) : undefined
    const shown = { page, email, linking, ways, passkey }
    const script = passkey && scriptAddress(c.env)
    return sendPage(c, <AddressPage {...shown} script={script} />, { status, sendsTo, script })
  }
  const time = now()
  const isOver = isSpent(asked, time)
  const words = wordsIn(language)
  const wait = (asked.resendAt - time.getTime()) / 1000
  const again = wait > 0 ? words.code.nextCode(whenIn(language, wait)) : ''
  const over = asked.wrong >= triesPerCode ? words.fault.spent : words.fault.expired
  const shown = {
    page: { ...page, fault: fault ?? (isOver ? { text: over } : undefined) },
    asked,
    again,
    isOver,
  }
  return sendPage(c, <CodePage {...shown} />, { status, sendsTo })
}
