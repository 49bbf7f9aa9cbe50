const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const guidLiteral = (key: string): string => {
  if (!guid.test(key)) throw new TypeError('A key of 1С is a GUID')
  return `guid'${key}'`
}

/** Literals of `$filter`; whatever came from a person goes through here. */
export const oneCText = (value: string): string => `'${value.replaceAll("'", "''")}'`
export const oneCGuid = guidLiteral

export const entityAddress = (set: string, key: string): string =>
  `${encodeURIComponent(set)}(${guidLiteral(key)})`

/** By hand: `URLSearchParams` writes a space as `+`, which 1С does not decode. */
export const listAddress = (set: string, filter: string, top: number): string =>
  `${encodeURIComponent(set)}?$filter=${encodeURIComponent(filter)}&$top=${top}`

/** From the base's own address or from that of its OData, with or without a slash at the end. */
export const rootOf = (url: string): string => {
  const address = url.replace(/\/+$/, '')
  return address.endsWith('/standard.odata') ? `${address}/` : `${address}/odata/standard.odata/`
}
