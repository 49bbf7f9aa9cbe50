import { Problem } from '@kontora/service'
import { Webhook } from 'standardwebhooks'

const shapes = {
  'webhook-id': /^[A-Za-z0-9_-]{1,128}$/,
  'webhook-timestamp': /^\d{9,11}$/,
  'webhook-signature': /^v\d+a?,[A-Za-z0-9+/=]{1,256}(?: v\d+a?,[A-Za-z0-9+/=]{1,256}){0,9}$/,
}
const names = Object.keys(shapes) as (keyof typeof shapes)[]
const toleranceSeconds = 300

export type Signed = Record<keyof typeof shapes, string>

/** Before the body is read, so that what is surely wrong costs nothing. */
export const readSigned = (headers: Headers, now: Date): Signed => {
  const signed = Object.fromEntries(names.map((name) => [name, headers.get(name) ?? ''])) as Signed
  const wrong = names.find((name) => !shapes[name].test(signed[name]))
  if (wrong)
    throw new Problem('invalid-input', 'The post is not signed', {
      fields: { [wrong]: 'as Standard Webhooks say' },
    })
  const ageSeconds = now.getTime() / 1000 - Number(signed['webhook-timestamp'])
  if (Math.abs(ageSeconds) > toleranceSeconds)
    throw new Problem('not-signed-in', 'The signature is older or newer than five minutes')
  return signed
}

/** The library compares in constant time, and refuses an empty secret. */
export const requireSignature = (secrets: string[], signed: Signed, body: string): void => {
  const fits = secrets.some((secret) => {
    try {
      new Webhook(secret).verify(body, signed, { jsonParse: false })
      return true
    } catch {
      return false
    }
  })
  if (!fits) throw new Problem('not-signed-in', 'The signature is wrong')
}
