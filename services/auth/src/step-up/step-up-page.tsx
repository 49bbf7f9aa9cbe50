/** @jsxImportSource hono/jsx */
import { Around, CodeField, describedBy, invalid, type SignInPage } from '../pages/sign-in-page.tsx'
import { wordsIn } from '../pages/words.ts'
import { type PasskeyAsking, PasskeyForm } from '../passkeys/passkey-form.tsx'
import { type StepUpWords, stepUpWordsIn } from './words.ts'

/** `code`: whether one was asked for, and when the next can be; undefined for whoever proves himself by his passkey. */
export type StepUp = {
  page: SignInPage
  passkey: PasskeyAsking | undefined
  code: { isAsked: boolean; isOver: boolean; again: string } | undefined
  hasRecoveryCodes: boolean
  script: string | undefined
}

export const StepUpPage = ({ page, passkey, code, hasRecoveryCodes, script }: StepUp) => {
  const words = stepUpWordsIn(page.language)
  return (
    <Around page={page} title={words.title} script={script}>
      <p class="quiet">{words.lead}</p>
      {passkey && <ByPasskey asking={passkey} words={words} hasRecoveryCodes={hasRecoveryCodes} />}
      {code && <ByCode page={page} code={code} words={words} />}
      {hasRecoveryCodes && <p class="or">{words.recovery.or}</p>}
      {hasRecoveryCodes && <ByRecoveryCode page={page} words={words} />}
      <p class="small">
        <a href={page.to('/v1/authorize', { prompt: 'login' })}>{words.other}</a>
      </p>
    </Around>
  )
}

type ByPasskey = { asking: PasskeyAsking; words: StepUpWords; hasRecoveryCodes: boolean }

const ByPasskey = ({ asking, words: { passkey }, hasRecoveryCodes }: ByPasskey) => (
  <>
    <p class="notice" data-without-passkey>
      {passkey.without}
      {hasRecoveryCodes && ` ${passkey.withoutButCodes}`}
    </p>
    <PasskeyForm asking={asking} does="get" words={passkey} />
    <p class="small quiet">{passkey.lost}</p>
  </>
)

type ByCode = { page: SignInPage; code: NonNullable<StepUp['code']>; words: StepUpWords }

const ByCode = ({ page, code: { isAsked, isOver, again }, words }: ByCode) => {
  const { code: sent } = wordsIn(page.language)
  const submit = isAsked ? sent.again : words.ask.submit
  return (
    <>
      <p>{isAsked ? words.code.lead : words.ask.text}</p>
      {isAsked && !isOver && (
        <form method="post" action={page.to('/v1/step-up/code')} novalidate>
          <CodeField page={page} label={sent.label} hint={words.code.hint} />
          <button type="submit">{words.code.submit}</button>
        </form>
      )}
      <form method="post" action={page.to('/v1/step-up/ask')} class="bare">
        <input type="hidden" name="key" value={page.key} />
        <button type="submit" class={isAsked && !isOver ? 'second' : ''}>
          {submit}
        </button>
      </form>
      {isAsked && (
        <p class="small quiet">
          {again && `${again} `}
          {sent.missing}
        </p>
      )}
    </>
  )
}

const ByRecoveryCode = ({ page, words: { recovery } }: { page: SignInPage; words: StepUpWords }) => (
  <form method="post" action={page.to('/v1/step-up/recovery-code')} novalidate>
    <label for="recovery">{recovery.label}</label>
    <p class="hint" id="recovery-hint">
      {recovery.hint}
    </p>
    <input
      id="recovery"
      name="recovery"
      type="text"
      autocomplete="off"
      autocapitalize="characters"
      spellcheck={false}
      maxlength={40}
      required
      {...describedBy(page.fault, 'recovery', 'recovery-hint')}
      {...invalid(page.fault, 'recovery')}
    />
    <button type="submit" class="second">
      {recovery.submit}
    </button>
  </form>
)
