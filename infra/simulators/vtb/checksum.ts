import { createHmac, sign } from 'node:crypto'

const unsigned = ['checksum', 'sign_alias']

/** `name;value;` of everything but the signature itself, sorted by code units as Java does. */
export const signedText = (parameters: Record<string, string>): string =>
  Object.keys(parameters)
    .filter((name) => !unsigned.includes(name))
    .toSorted((left, right) => (left < right ? -1 : 1))
    .map((name) => `${name};${parameters[name]};`)
    .join('')

/**
 * Symmetric: the key is used as issued, its UTF-8 bytes, not what they might encode. With a private key (PEM) it is the
 * asymmetric one: RSA PKCS#1 v1.5 over SHA-512.
 */
export const checksum = (parameters: Record<string, string>, key: string): string => {
  const text = signedText(parameters)
  return isPrivate(key)
    ? sign('sha512', Buffer.from(text), key).toString('hex').toUpperCase()
    : createHmac('sha256', key).update(text).digest('hex').toUpperCase()
}

export const isPrivate = (key: string): boolean => key.includes('PRIVATE KEY')
