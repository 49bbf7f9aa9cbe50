import * as v from 'valibot'

/** Padded, or 0: not every library takes it otherwise. */
const bytesOf = (base64: string): number => {
  try {
    return base64.length % 4 === 0 ? atob(base64).length : 0
  } catch {
    return 0
  }
}

/** An empty or short secret makes every forged signature valid. */
const isSecret = (text: string): boolean => {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1]
  const bytes = base64 ? bytesOf(base64) : 0
  return bytes >= 24 && bytes <= 64
}

/** A symmetric secret as the Standard Webhooks specification writes it. */
export const WebhookSecret = v.pipe(v.string(), v.check(isSecret, 'whsec_ and base64 of 24 to 64 bytes'))
