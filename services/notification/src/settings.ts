import { commonSettings, machineSettings, SettingsError, type SettingsOf, setting } from '@kontora/service'
import { Email, Url } from '@kontora/validation'
import { base64url } from 'jose'
import * as v from 'valibot'

const Text = v.pipe(v.string(), v.minLength(1))

const bytesOf = (text: string): number => {
  try {
    return base64url.decode(text).length
  } catch {
    return 0
  }
}

/** An empty or short secret makes every forged signature valid. */
const isWebhookSecret = (text: string): boolean =>
  /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text) &&
  bytesOf(text.slice(6).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')) >= 24

/** `Name <address>` or the address alone; nothing that a mail server could read as a second sender. */
const isSender = (text: string): boolean => {
  const address = /^[^<>"\\,;:@\r\n]{1,60}<([^<>]+)>$/.exec(text)?.[1] ?? text
  return v.is(Email, address)
}

export const settings = {
  ...commonSettings,
  ...machineSettings,
  RESEND_URL: setting(Url, "Address of Resend's API"),
  RESEND_KEY: setting(Text, 'Its API key'),
  RESEND_WEBHOOK_SECRET: setting(
    v.pipe(v.string(), v.check(isWebhookSecret, 'whsec_ and base64 of 24 bytes or more')),
    "Secret of Resend's webhook",
  ),
  MAIL_FROM: setting(
    v.pipe(v.string(), v.check(isSender, 'an address, or Name <address>')),
    'Sender of all letters',
  ),
  LETTER_KEY_ENCRYPTION_KEY: setting(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z0-9_-]{43}$/, 'base64url of 32 bytes'),
      v.check((text) => bytesOf(text) === 32, 'base64url of 32 bytes'),
    ),
    'Seals letter keys and frozen letters, and hashes suppressed addresses',
  ),
  PORTAL_URL: setting(Url, 'Address of the portal, which letters link to'),
  PAYMENT_URL: setting(v.optional(Url), 'The service `payment`, asked where an invoice is paid'),
  PAYMENT_PAGES_URL: setting(
    v.optional(Url),
    'Where people reach the pages of `payment` (its PAGES_URL): letters that bill link there too; needs PAYMENT_URL',
  ),
}

export type Settings = SettingsOf<typeof settings>

export const refuseOpenPortal = ({ ENVIRONMENT, PORTAL_URL }: Settings): void => {
  if (ENVIRONMENT === 'production' && !PORTAL_URL.startsWith('https:'))
    throw new SettingsError(['PORTAL_URL should be https in production'])
}

/** Undefined: letters that bill lead to the portal alone. */
export const payPlaces = (values: Settings): { url: string; pagesUrl: string } | undefined => {
  const { ENVIRONMENT, PAYMENT_URL: url, PAYMENT_PAGES_URL: pagesUrl } = values
  if (pagesUrl === undefined) return undefined
  if (url === undefined) throw new SettingsError(['PAYMENT_PAGES_URL needs PAYMENT_URL'])
  if (ENVIRONMENT === 'production' && !pagesUrl.startsWith('https:'))
    throw new SettingsError(['PAYMENT_PAGES_URL should be https in production'])
  return { url, pagesUrl }
}
