/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import type { PropsWithChildren } from 'hono/jsx'
import { type PasskeyAsking, PasskeyForm } from '../passkeys/passkey-form.tsx'
import type { AskedCode } from './progress.ts'
import { type Words, wordsIn } from './words.ts'

/** What did not work, in words; `field` is where it can be mended. */
export type Fault = { text: string; field?: 'email' | 'code' | 'recovery' }

export type SignInPage = {
  language: Language
  /** Where this page and its forms are: addresses of `auth` that carry the application's request. */
  to: (path: string, more?: Record<string, string>) => string
  /** Of the form that asks for a code: a repeat of it asks once. */
  key: string
  fault?: Fault | undefined
}

export const FaultNotice = ({ words, fault }: { words: Words; fault: Fault | undefined }) =>
  fault ? (
    <div class="notice wrong" role="alert" id="fault">
      <h2>{words.fault.title}</h2>
      <p>{fault.field ? <a href={`#${fault.field}`}>{fault.text}</a> : fault.text}</p>
    </div>
  ) : null

type Around = PropsWithChildren<{ page: SignInPage; title: string; script?: string | undefined }>

export const Around = ({ page: { language, to, fault }, title, script, children }: Around) => {
  const words = wordsIn(language)
  return (
    <Frame
      language={language}
      title={`${fault ? words.fault.prefix : ''}${title}`}
      script={script}
      elsewhere={to('/v1/authorize', { ui_locales: language === 'ru' ? 'en' : 'ru' })}
    >
      <FaultNotice words={words} fault={fault} />
      <h1>{title}</h1>
      {children}
    </Frame>
  )
}

/** What describes a field to whoever does not see it, the fault first. */
export const describedBy = (fault: Fault | undefined, field: Fault['field'], hint?: string) => {
  const ids = [...(fault?.field === field ? ['fault'] : []), ...(hint ? [hint] : [])]
  return ids.length > 0 ? { 'aria-describedby': ids.join(' ') } : {}
}

export const invalid = (fault: Fault | undefined, field: Fault['field']) =>
  fault?.field === field ? { 'aria-invalid': 'true' as const } : {}

/** Somebody else who may vouch for a person: where his button leads. */
export type Way = { name: string; label: string; href: string }

/** `linking`: at whom the person has shown himself already. */
type AddressProps = {
  page: SignInPage
  email: string
  linking: string | undefined
  ways: Way[]
  passkey: PasskeyAsking | undefined
  script: string | undefined
}

export const AddressPage = ({ page, email, linking, ways, passkey, script }: AddressProps) => {
  const words = wordsIn(page.language)
  const { title, lead } = linking === undefined ? words.address : words.link(linking)
  return (
    <Around page={page} title={title} script={script}>
      <p class="quiet">{lead}</p>
      <form method="post" action={page.to('/v1/sign-in/address')} novalidate>
        <input type="hidden" name="key" value={page.key} />
        <label for="email">{words.address.label}</label>
        <input
          id="email"
          name="email"
          type="email"
          inputmode="email"
          autocomplete={passkey ? 'email webauthn' : 'email'}
          autocapitalize="none"
          spellcheck={false}
          required
          autofocus
          value={email}
          {...describedBy(page.fault, 'email')}
          {...invalid(page.fault, 'email')}
        />
        <button type="submit">{words.address.submit}</button>
      </form>
      {ways.length > 0 && <p class="or">{words.or}</p>}
      {passkey && (
        <PasskeyForm asking={passkey} does="get" words={words.passkey} second offer={!page.fault} />
      )}
      {ways.map((way) => (
        <p>
          <a class="button second" href={way.href}>
            {way.name === 'sber-id' && <SberMark />}
            {words.by(way.label)}
          </a>
        </p>
      ))}
    </Around>
  )
}

const SberMark = () => (
  <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <circle cx="12" cy="12" r="11" fill="#21a038" />
    <path d="M6.5 12.2l4 3.6 7-8" stroke="#fff" stroke-width="2.6" fill="none" />
  </svg>
)

type CodeProps = { page: SignInPage; asked: AskedCode; again: string; isOver: boolean }

/** `again` says when a new code can be asked for; `isOver`: this one is good for nothing any more. */
export const CodePage = ({ page, asked, again, isOver }: CodeProps) => {
  const words = wordsIn(page.language)
  const { code } = words
  return (
    <Around page={page} title={code.title}>
      <p>
        <span class="quiet">{code.lead}</span> <strong>{asked.email}</strong>
      </p>
      {!isOver && <CodeForm page={page} words={words} />}
      <form method="post" action={page.to('/v1/sign-in/again')} class="bare">
        <input type="hidden" name="key" value={page.key} />
        <button type="submit" class={isOver ? '' : 'second'} {...(isOver && { autofocus: true })}>
          {code.again}
        </button>
      </form>
      <p class="small quiet">
        {again && `${again} `}
        {code.missing}
      </p>
      <form method="post" action={page.to('/v1/sign-in/change')} class="bare">
        <button type="submit" class="plain">
          {code.change}
        </button>
      </form>
    </Around>
  )
}

const CodeForm = ({ page, words: { code } }: { page: SignInPage; words: Words }) => (
  <form method="post" action={page.to('/v1/sign-in/code')} novalidate>
    <CodeField page={page} label={code.label} hint={code.hint} />
    <button type="submit">{code.submit}</button>
  </form>
)

type CodeField = { page: Pick<SignInPage, 'fault'>; label: string; hint: string }

export const CodeField = ({ page: { fault }, label, hint }: CodeField) => (
  <>
    <label for="code">{label}</label>
    <p class="hint" id="code-hint">
      {hint}
    </p>
    <input
      id="code"
      name="code"
      class="code"
      type="text"
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength={12}
      required
      autofocus
      {...describedBy(fault, 'code', 'code-hint')}
      {...invalid(fault, 'code')}
    />
  </>
)
