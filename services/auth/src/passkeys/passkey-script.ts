/**
 * The only script of our pages. It shows what needs a passkey where the browser can, has it sign what stands in the form, and
 * sends the form. Written for the browsers that know `parse…OptionsFromJSON`; in all others the page stays as it was.
 */
export const passkeyScript = `'use strict'
const { PublicKeyCredential: Passkey } = window
const can = Boolean(Passkey?.parseRequestOptionsFromJSON && Passkey.prototype.toJSON)
const makes = form => form.dataset.passkey === 'create'
const ask = (form, more) => {
  const json = JSON.parse(form.dataset.options)
  return makes(form)
    ? navigator.credentials.create({ publicKey: Passkey.parseCreationOptionsFromJSON(json) })
    : navigator.credentials.get({ publicKey: Passkey.parseRequestOptionsFromJSON(json), ...more })
}
const send = (form, credential) => {
  form.elements.credential.value = JSON.stringify(credential)
  form.submit()
}
const set = (form) => {
  const failed = form.querySelector('[data-failed]')
  let waiting
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    failed.hidden = true
    waiting?.abort()
    try {
      send(form, await ask(form))
    } catch {
      failed.setAttribute('role', 'alert')
      failed.hidden = false
    }
  })
  const offer = async () => {
    if (!(await Passkey.isConditionalMediationAvailable?.())) return
    waiting = new AbortController()
    send(form, await ask(form, { mediation: 'conditional', signal: waiting.signal }))
  }
  if (form.dataset.offer !== undefined) offer().catch(() => {})
}
if (can) {
  for (const without of document.querySelectorAll('[data-without-passkey]')) without.hidden = true
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    set(form)
    form.hidden = false
  }
}
`
