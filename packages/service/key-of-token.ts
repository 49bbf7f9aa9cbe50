import { base64url } from 'jose'

/** Whose signature a token bears, by its own word: for one that is verified, or to be thrown away. */
export const keyOfToken = (token: string): string => {
  const [header = ''] = token.split('.', 1)
  const { kid } = JSON.parse(new TextDecoder().decode(base64url.decode(header))) as { kid?: unknown }
  return typeof kid === 'string' ? kid : ''
}
