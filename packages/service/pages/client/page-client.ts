import * as v from 'valibot'
import { createSeal, type Seal } from '../../seal.ts'
import { SettingsError, setting } from '../../settings.ts'

const isPlainUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#]/.test(text)
const PagesUrl = v.pipe(v.string(), v.check(isPlainUrl, 'an http or https URL without a query'))
const Key = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/, '32 bytes in base64url'))

/** What a service reads besides that has pages for people. */
export const pageSettings = {
  PAGES_URL: setting(
    v.optional(PagesUrl),
    'Where people reach this service; its pages need it and COOKIE_KEY, and without both there are none',
  ),
  COOKIE_KEY: setting(v.optional(Key), 'Seals the cookies of its pages; 32 bytes in base64url'),
}

/** A service as an application that people sign in to by `auth`'s page. */
export type PageClient = {
  /** Its client id, and its part of the cookies' names. */
  name: string
  /** `auth` as the browser knows it, and its token endpoint as this service does. */
  issuer: string
  tokenUrl: string
  /** By which the service proves itself there: a private JWK. */
  machineKey: string
  /** What stands before the paths of this service in a browser's address. */
  url: string
  /** Where people land who wanted no page in particular. */
  home: string
  isSecure: boolean
  seal: Seal
  ask: (url: string, init: RequestInit) => Promise<Response>
}

type Read = {
  ENVIRONMENT: string
  AUTH_ISSUER: string
  AUTH_TOKEN_URL: string
  MACHINE_KEY: string
  PAGES_URL?: string | undefined
  COOKIE_KEY?: string | undefined
}

export const openPages = (name: string, home: string, read: Read): PageClient | undefined => {
  const { PAGES_URL: url, COOKIE_KEY: cookieKey } = read
  if (url === undefined && cookieKey === undefined) return undefined
  if (url === undefined || cookieKey === undefined)
    throw new SettingsError(['PAGES_URL and COOKIE_KEY are wanted together'])
  return {
    name,
    home,
    issuer: read.AUTH_ISSUER,
    tokenUrl: read.AUTH_TOKEN_URL,
    machineKey: read.MACHINE_KEY,
    url: url.replace(/\/+$/, ''),
    isSecure: read.ENVIRONMENT !== 'local',
    seal: createSeal(cookieKey),
    ask: fetch,
  }
}

export const callbackOf = ({ url }: PageClient): string => `${url}/sign-in/callback`
