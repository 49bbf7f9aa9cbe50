import { base64url } from 'jose'
import { isOneOf, type Pepper } from '../secrets/pepper.ts'

/** Which token of which family. Nothing of it is stored but the family's last generation. */
export type RefreshToken = { familyId: string; generation: number }

const shape =
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{43})$/

/** Opaque outside. Derived, so that a repeat within the grace gets the same next token and a dump holds none. */
export const writeRefreshToken = async (
  pepper: Pepper,
  { familyId, generation }: RefreshToken,
): Promise<string> =>
  base64url.encode(`${familyId}.${generation}.${await pepper('refresh', familyId, String(generation))}`)

/** Undefined for anything that we did not write: a guess never touches a family. */
export const readRefreshToken = async (pepper: Pepper, token: string): Promise<RefreshToken | undefined> => {
  const [, familyId, digits, proof] = shape.exec(decode(token)) ?? []
  if (!familyId || !digits || !proof) return undefined
  if (!isOneOf(proof, await pepper.each('refresh', familyId, digits))) return undefined
  return { familyId, generation: Number(digits) }
}

const decode = (token: string): string => {
  // One character more than whole groups of four is no base64.
  if (!/^[A-Za-z0-9_-]{2,200}$/.test(token) || token.length % 4 === 1) return ''
  return new TextDecoder().decode(base64url.decode(token))
}
