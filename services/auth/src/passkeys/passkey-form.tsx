/** @jsxImportSource hono/jsx */
import type { PropsWithChildren } from 'hono/jsx'

export type PasskeyAsking = {
  /** Where the form goes with what was signed. */
  action: string
  challengeId: string
  challengeSecret?: string
  /** Of `navigator.credentials`, as JSON. */
  options: object
}

type PasskeyForm = PropsWithChildren<{
  asking: PasskeyAsking
  does: 'get' | 'create'
  words: { submit: string; failed: string }
  second?: boolean
  /** Also in the list that a browser shows at a field; not again after a refusal, or one that is quick goes in circles. */
  offer?: boolean
}>

/** Hidden until the script has seen that this browser can. */
export const PasskeyForm = ({ asking, does, words, second, offer, children }: PasskeyForm) => (
  <form
    method="post"
    action={asking.action}
    class={children ? '' : 'bare'}
    hidden
    data-passkey={does}
    data-options={JSON.stringify(asking.options)}
    {...(offer && { 'data-offer': '' })}
  >
    <input type="hidden" name="challengeId" value={asking.challengeId} />
    {asking.challengeSecret && <input type="hidden" name="challengeSecret" value={asking.challengeSecret} />}
    <input type="hidden" name="credential" value="" />
    {children}
    <p class="wrong-text" data-failed hidden>
      {words.failed}
    </p>
    <button type="submit" class={second ? 'second' : ''}>
      {words.submit}
    </button>
  </form>
)
