import { Id } from '@kontora/validation'
import * as v from 'valibot'

/** 24 bytes in base64url: no spare bit, so no token has a twin. */
export const LinkToken = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{32}$/, 'the token of a link'))
const tokenBytes = 24

/** What is kept of an answer that holds a link: which one it was. */
export const LinkVersion = v.object({ invoiceId: Id, version: v.number() })
export type LinkVersion = v.InferOutput<typeof LinkVersion>

/** `url` is null where the service has no pages. */
export const PayerLink = v.object({
  ...LinkVersion.entries,
  token: LinkToken,
  url: v.nullable(v.string()),
})
export type PayerLink = v.InferOutput<typeof PayerLink>

/** Makes the token of a version, the same each time: none is stored. */
export type LinkTokens = (link: LinkVersion) => Promise<string>

const utf8 = new TextEncoder()

/** HMAC-SHA-256 under the setting PAYER_LINK_KEY (32 bytes in base64url), cut to 192 bits. */
export const createLinkTokens = (secret: string): LinkTokens => {
  const raw = utf8.encode(secret)
  const key = crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async ({ invoiceId, version }) => {
    const signed = await crypto.subtle.sign(
      'HMAC',
      await key,
      utf8.encode(`payer-link ${invoiceId} ${version}`),
    )
    const text = String.fromCharCode(...new Uint8Array(signed).subarray(0, tokenBytes))
    return btoa(text).replaceAll('+', '-').replaceAll('/', '_')
  }
}

/** Of something that cannot be guessed, so it needs no key: a link outlives a change of PAYER_LINK_KEY. */
export const hashOf = async (token: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', utf8.encode(token))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
