const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Passwords are made by machines and long, so a plain SHA-256 is enough. */
export const hashOf = async (password: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(password))))

const mostKept = 1000

/** Of passwords that were asked about before, right or wrong: a digest costs a call more than all else of signing in. */
export const createHashes = () => {
  const known = new Map<string, string>()
  return async (password: string): Promise<string> => {
    const kept = known.get(password)
    if (kept !== undefined) return kept
    const hash = await hashOf(password)
    if (known.size >= mostKept) known.clear()
    known.set(password, hash)
    return hash
  }
}

/** Takes as long for a wrong password as for a right one. */
export const sameHash = (one: string, other: string): boolean => {
  let difference = one.length ^ other.length
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i)
  return difference === 0
}
