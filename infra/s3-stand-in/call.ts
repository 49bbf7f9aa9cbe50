import { Refusal } from './refusal.ts'

/** One request as S3 understands it: path-style address, decoded query, and the bytes still to come. */
export type Call = {
  method: string
  host: string
  path: string
  bucket: string | undefined
  key: string | undefined
  query: [name: string, value: string][]
  headers: Headers
  body: ReadableStream<Uint8Array> | null
}

export const readCall = (request: Request): Call => {
  const url = new URL(request.url)
  const segments = url.pathname.slice(1).split('/').map(decode)
  const [bucket = '', ...rest] = segments
  const key = rest.join('/')
  if (Buffer.byteLength(key) > 1024) throw new Refusal('KeyTooLongError')
  return {
    method: request.method,
    host: request.headers.get('host') ?? url.host,
    path: `/${segments.map(encode).join('/')}`,
    bucket: bucket || undefined,
    key: key || undefined,
    query: readQuery(url.search.slice(1)),
    headers: request.headers,
    body: request.body,
  }
}

export const queryValue = (call: Call, name: string): string | undefined =>
  call.query.find(([other]) => other === name)?.[1]

/** An `x-amz-…` field: a header, or in a presigned address the parameter that stands for it. */
export const field = (call: Call, name: string): string | undefined =>
  call.headers.get(name) ?? call.query.find(([other]) => other.toLowerCase() === name)?.[1]

/** RFC 3986, as SigV4 wants it. */
export const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const readQuery = (search: string): [string, string][] =>
  search
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
    })

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    throw new Refusal('InvalidURI')
  }
}
