const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const guidLiteral = (key: string): string => {
  if (!guid.test(key)) throw new TypeError('A key of 1С is a GUID')
  return `guid'${key}'`
}

/** Literals of `$filter`; whatever came from a person goes through here. */
export const oneCText = (value: string): string => `'${value.replaceAll("'", "''")}'`
export const oneCGuid = guidLiteral
/** Of the base's own wall clock, `2026-11-23T10:15:00`. */
export const oneCTime = (wallClock: string): string => `datetime'${wallClock}'`

export const entityAddress = (set: string, key: string): string =>
  `${encodeURIComponent(set)}(${guidLiteral(key)})`

export type Listing = {
  filter: string
  top: number
  skip?: number
  orderBy?: string
  select?: readonly string[]
}

/** By hand: `URLSearchParams` writes a space as `+`, which 1С does not decode. */
export const listAddress = (set: string, { filter, top, skip, orderBy, select }: Listing): string => {
  const options = [
    `$filter=${encodeURIComponent(filter)}`,
    orderBy && `$orderby=${encodeURIComponent(orderBy)}`,
    select && `$select=${select.map(encodeURIComponent).join(',')}`,
    skip ? `$skip=${skip}` : undefined,
    `$top=${top}`,
  ]
  return `${encodeURIComponent(set)}?${options.filter(Boolean).join('&')}`
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')
const odata = '/odata/standard.odata'

/** The base's own address, from that or from the address of its OData, with or without a slash at the end. */
export const baseOf = (url: string): string => {
  const address = withoutSlash(url)
  return address.endsWith(odata) ? address.slice(0, -odata.length) : address
}

export const rootOf = (url: string): string => `${baseOf(url)}${odata}/`
