import { createHmac } from 'node:crypto'

const unsigned = ['checksum', 'sign_alias']

/** `name;value;` of everything but the signature itself, sorted by code units as Java does. */
export const signedText = (parameters: Record<string, string>): string =>
  Object.keys(parameters)
    .filter((name) => !unsigned.includes(name))
    .toSorted((left, right) => (left < right ? -1 : 1))
    .map((name) => `${name};${parameters[name]};`)
    .join('')

/** The key is used as issued: its UTF-8 bytes, not what they might encode. */
export const checksum = (parameters: Record<string, string>, key: string): string =>
  createHmac('sha256', key).update(signedText(parameters)).digest('hex').toUpperCase()
