import ipaddr from 'ipaddr.js'

type Range = ReturnType<typeof ipaddr.parseCIDR>
export type Proxies = {
  /** Proxies of ours, as CIDR ranges: only what comes through them is believed about others. */
  trusted: Range[]
  /** Where they, or an edge platform, tell the caller's address; X-Forwarded-For when left out. */
  header: string | undefined
  /** Where they tell the caller's country, two letters; without it none is known. */
  countryHeader?: string | undefined
}

/** Of 'network/bits' or a single address; undefined for anything else. */
export const readRange = (text: string): Range | undefined => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  if (!ipaddr.isValid(text)) return undefined
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** As an operator names it, by an address in it or as it is counted; undefined for anything else. */
export const networkNamed = (text: string | undefined): string | undefined => {
  const address = parse(text?.replace(/\/64$/, ''))
  return address && networkOf(address)
}

const parse = (text: string | undefined) =>
  text !== undefined && ipaddr.isValid(text.trim()) ? ipaddr.process(text.trim()) : undefined
type Address = NonNullable<ReturnType<typeof parse>>

const isIn = (address: Address, ranges: Range[]): boolean =>
  ranges.some((range) => address.kind() === range[0].kind() && address.match(range))

/** Whoever has one address of IPv6 has all of its /64. */
const networkOf = (address: Address): string =>
  address.kind() === 'ipv4'
    ? address.toString()
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`

/** What is shown of it to a person: enough to know his own again, too little to find a house. */
export const wideNetworkOf = (network: string): string => {
  const [text = ''] = network.split('/')
  return ipaddr.IPv4.isValid(text)
    ? `${ipaddr.IPv4.networkAddressFromCIDR(`${text}/24`).toString()}/24`
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${text}/48`).toString()}/48`
}

/** The last one that no proxy of ours has written: what stands before it anybody may have made up. */
const callerOf = (forwarded: string | null, trusted: Range[]): Address | undefined => {
  for (const text of (forwarded ?? '').split(',').reverse()) {
    const address = parse(text)
    if (!address || !isIn(address, trusted)) return address
  }
  return undefined
}

/**
 * Whose limits a call counts against: an address of IPv4 or a /64 of IPv6. On an edge platform there is no peer, and its own
 * header is believed; undefined where nobody can tell.
 */
export const networkFrom = (
  { trusted, header }: Proxies,
  peer: string | undefined,
  headers: Headers,
): string | undefined => {
  const near = parse(peer)
  const told = () =>
    header === undefined
      ? callerOf(headers.get('x-forwarded-for'), trusted)
      : parse(headers.get(header) ?? undefined)
  if (near && !isIn(near, trusted)) return networkOf(near)
  const caller = near || header !== undefined ? told() : undefined
  const address = caller ?? near
  return address && networkOf(address)
}

/** As a proxy of ours or an edge platform tells it; ISO 3166, and not what they write for "unknown". */
export const countryFrom = (
  { trusted, countryHeader }: Proxies,
  peer: string | undefined,
  headers: Headers,
): string | undefined => {
  const near = parse(peer)
  const told = countryHeader === undefined ? null : headers.get(countryHeader)
  if (told === null || !/^[A-Z]{2}$/.test(told) || told === 'XX') return undefined
  return near && !isIn(near, trusted) ? undefined : told
}
