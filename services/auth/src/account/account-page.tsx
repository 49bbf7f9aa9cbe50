/** @jsxImportSource hono/jsx */
import { Frame, type Language } from '@kontora/service/pages'
import { FaultNotice } from '../pages/sign-in-page.tsx'
import { wordsIn } from '../pages/words.ts'
import { type PasskeyAsking, PasskeyForm } from '../passkeys/passkey-form.tsx'
import type { ListedPasskey } from '../passkeys/read-passkeys.ts'
import type { ListedSession } from '../sessions/read-sessions.ts'
import { type AccountWords, accountWordsIn } from './words.ts'

export type Account = {
  language: Language
  /** Addresses of this page and its forms. */
  to: (path?: string, more?: Record<string, string>) => string
  when: (time: Date) => string
  clock: (time: Date) => string
  fault: string | undefined
  /** Until when everything can be changed; else where the second proof is asked for. */
  proof: { until: Date } | { at: string }
  signOutAt: string
  sessions: (ListedSession & { isThisOne: boolean })[]
  passkeys: ListedPasskey[]
  adding: PasskeyAsking | undefined
  recoveryLeft: number
  providers: { name: string; label: string; linkedAt: Date | undefined; canLink: boolean }[]
  script: string | undefined
}
type Section = Account & { words: AccountWords }

export const AccountPage = (account: Account) => {
  const { language, to, fault, script, signOutAt } = account
  const words = accountWordsIn(language)
  const shown = { ...account, words }
  return (
    <Frame
      language={language}
      title={`${fault ? wordsIn(language).fault.prefix : ''}${words.title}`}
      elsewhere={to('', { ui_locales: language === 'ru' ? 'en' : 'ru' })}
      script={script}
      wide
    >
      <FaultNotice words={wordsIn(language)} fault={fault === undefined ? undefined : { text: fault }} />
      <div class="head">
        <h1>{words.title}</h1>
        <a href={signOutAt}>{words.signOut}</a>
      </div>
      <Proof {...shown} />
      <Sessions {...shown} />
      <Passkeys {...shown} />
      <RecoveryCodes {...shown} />
      <Providers {...shown} />
    </Frame>
  )
}

const Proof = ({ proof, words, clock }: Section) =>
  'at' in proof ? (
    <div class="notice">
      <p>{words.proof.wanted}</p>
      <a class="button" href={proof.at}>
        {words.proof.submit}
      </a>
    </div>
  ) : (
    <p class="notice">{words.proof.fresh(clock(proof.until))}</p>
  )

const Sessions = ({ sessions, words: { sessions: words }, to, when }: Section) => (
  <section>
    <h2>{words.title}</h2>
    <ul class="rows">
      {sessions.map(({ id, device, network, country, lastUsedAt, isThisOne }) => (
        <li>
          <div>
            <p>
              <strong>{device ?? words.unknown}</strong>
              {isThisOne && ` (${words.thisOne})`}
            </p>
            <p class="small quiet">{words.used(when(lastUsedAt))}</p>
            {(network ?? country) && (
              <p class="small quiet">{words.from([network, country].filter(Boolean).join(', '))}</p>
            )}
          </div>
          {!isThisOne && (
            <form method="post" action={to('/sessions/end')} class="bare">
              <input type="hidden" name="id" value={id} />
              <button
                type="submit"
                class="plain"
                aria-label={words.endOf(device ?? words.unknown, when(lastUsedAt))}
              >
                {words.end}
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
    {sessions.length > 1 && (
      <form method="post" action={to('/sessions/others')} class="bare">
        <button type="submit" class="second">
          {words.others}
        </button>
      </form>
    )}
    <form method="post" action={to('/sessions/all')} class="bare">
      <button type="submit" class="second">
        {words.all}
      </button>
    </form>
  </section>
)

const Passkeys = ({ passkeys, adding, proof, words: { passkeys: words }, to, when }: Section) => (
  <section>
    <h2>{words.title}</h2>
    {passkeys.length === 0 && <p class="quiet">{words.none}</p>}
    <ul class="rows">
      {passkeys.map(({ id, name, addedAt, usedAt }) => (
        <li>
          <div>
            <p>
              <strong>{name}</strong>
            </p>
            <p class="small quiet">
              {words.added(when(addedAt))}
              {usedAt && `, ${words.used(when(usedAt))}`}
            </p>
          </div>
          {'until' in proof && (
            <div>
              <form method="post" action={to('/passkeys/name')} class="line" novalidate>
                <input type="hidden" name="id" value={id} />
                <input name="name" value={name} maxlength={100} aria-label={words.renameOf(name)} />
                <button type="submit" class="second">
                  {words.rename}
                </button>
              </form>
              <form method="post" action={to('/passkeys/remove')} class="bare">
                <input type="hidden" name="id" value={id} />
                <button type="submit" class="plain" aria-label={words.removeOf(name)}>
                  {words.remove}
                </button>
              </form>
            </div>
          )}
        </li>
      ))}
    </ul>
    {adding && (
      <>
        <p class="small quiet" data-without-passkey>
          {words.without}
        </p>
        <PasskeyForm asking={adding} does="create" words={words.add} second>
          <label for="passkey-name">{words.newName}</label>
          <p class="hint" id="passkey-hint">
            {words.hint}
          </p>
          <input
            id="passkey-name"
            name="name"
            type="text"
            maxlength={100}
            autocomplete="off"
            required
            aria-describedby="passkey-hint"
          />
        </PasskeyForm>
      </>
    )}
  </section>
)

const RecoveryCodes = ({ recoveryLeft, proof, words: { recovery: words }, to }: Section) => (
  <section>
    <h2>{words.title}</h2>
    <p class={recoveryLeft === 0 ? 'quiet' : ''}>
      {recoveryLeft === 0 ? words.none : words.left(recoveryLeft)}
    </p>
    {'until' in proof && (
      <form method="post" action={to('/recovery-codes')} class="bare">
        {recoveryLeft > 0 && <p class="small quiet">{words.warning}</p>}
        <button type="submit" class="second">
          {words.make}
        </button>
      </form>
    )}
  </section>
)

const Providers = ({ providers, proof, words: { providers: words }, to, when }: Section) =>
  providers.length === 0 ? null : (
    <section>
      <h2>{words.title}</h2>
      <ul class="rows">
        {providers.map(({ name, label, linkedAt, canLink }) => (
          <li>
            <div>
              <p>
                <strong>{label}</strong>
              </p>
              {linkedAt && <p class="small quiet">{words.linked(when(linkedAt))}</p>}
            </div>
            {'until' in proof && (linkedAt || canLink) && (
              <form
                method="post"
                action={to(linkedAt ? '/providers/unlink' : '/providers/link')}
                class="bare"
              >
                <input type="hidden" name="provider" value={name} />
                <button
                  type="submit"
                  class="plain"
                  {...(linkedAt && { 'aria-label': words.unlinkOf(label) })}
                >
                  {linkedAt ? words.unlink : words.link(label)}
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
