export type Asked = { name: string; password: string }

/**
 * HTTP Basic, or the same base64 as a Bearer token, for tools that send nothing else. Names and passwords are ASCII, so it
 * does not matter that `@upstash/kafka` encodes other text wrongly: that is refused as any wrong password.
 */
export const askedByHeader = (header: string | undefined): Asked | undefined => {
  const encoded = /^(?:Basic|Bearer) +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (!encoded || encoded.length > 1000) return undefined
  try {
    const text = atob(encoded)
    const colon = text.indexOf(':')
    return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
  } catch {
    return undefined
  }
}

/** `/webhook?user=&pass=`: it stands in an address, so nothing that is logged may hold the query. */
export const askedByQuery = ({ user, pass }: Record<string, string>): Asked | undefined =>
  user && pass ? { name: user, password: pass } : undefined
