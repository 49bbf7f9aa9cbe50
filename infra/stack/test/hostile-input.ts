type Json = Record<string, unknown>
type Parameter = { name: string; in: string; schema?: Json }
type Operation = {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema: Json }> }
}
export type OpenApi = { paths: Record<string, Record<string, Operation>> }

export type Hostile = {
  what: string
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** Stands in every hostile text, so that an answer that repeats a value is found. */
export const marker = 'zq7ECHOzq7'

/** A field that nobody knows: its name may be told, for that is what is wrong. */
const stranger = 'zqUnknownField'

const texts = [
  `${marker}\u0000`,
  `${marker}\ud800`,
  `${marker}'; drop table users; --`,
  marker.repeat(2000),
  `${marker}\u202e\u2066`,
  `${marker}@${marker}`,
]
const others: unknown[] = [
  null,
  true,
  [],
  {},
  [marker],
  { [stranger]: marker },
  -1,
  0,
  1.5,
  1e308,
  9_007_199_254_740_992,
  '',
]

const bodies = [
  '',
  '{',
  'null',
  '[]',
  `"${marker}"`,
  '1e999',
  `{"${stranger}":"${marker}"}`,
  '{"a":'.repeat(5000),
  '\u0000',
  '{"__proto__":{"a":1}}',
]

const sample = (schema: Json): unknown => {
  if (schema.enum) return (schema.enum as unknown[])[0]
  if (schema.const !== undefined) return schema.const
  const options = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
  if (options?.[0]) return sample(options[0])
  if (schema.type === 'object') return objectOf(schema)
  if (schema.type === 'array') return schema.items ? [sample(schema.items as Json)] : []
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.type === 'boolean') return true
  return '01890000-0000-7000-8000-000000000000'
}

const objectOf = (schema: Json): Json =>
  Object.fromEntries(
    Object.entries((schema.properties ?? {}) as Record<string, Json>).map(([name, field]) => [
      name,
      sample(field),
    ]),
  )

const form = (fields: Json): string =>
  new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString()

const plainPath = (path: string): string =>
  path.replaceAll(/\{\w+\}/g, '01890000-0000-7000-8000-000000000000')

const withBodies = (base: Omit<Hostile, 'what' | 'body'>, operation: Operation): Hostile[] => {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  if (!type || !media) return []
  const encode = (value: Json): string => (type === 'application/json' ? JSON.stringify(value) : form(value))
  const headers = { ...base.headers, 'content-type': type }
  const good = objectOf(media.schema)
  const mutated = Object.keys(good).flatMap((field) =>
    [...texts, ...others].map((value) => ({
      ...base,
      headers,
      what: `${field} ← ${JSON.stringify(value).slice(0, 30)}`,
      body: encode({ ...good, [field]: value }),
    })),
  )
  const broken = bodies.map((body) => ({ ...base, headers, what: `body ${body.slice(0, 12)}`, body }))
  const wrongTypes = [
    'text/plain',
    'application/xml',
    'multipart/form-data',
    'application/json; charset=koi8-r',
    '',
  ]
  const types = wrongTypes.map((wrong) => ({
    ...base,
    headers: { ...base.headers, ...(wrong && { 'content-type': wrong }) },
    what: `content type '${wrong}'`,
    body: encode(good),
  }))
  const notUtf8 = {
    ...base,
    headers,
    what: 'not UTF-8',
    body: new Uint8Array([123, 34, 255, 254, 34, 58, 49, 125]),
  }
  const large = { ...base, headers, what: 'two megabytes', body: `"${'x'.repeat(2 * 1024 * 1024)}"` }
  return [...mutated, ...broken, ...types, notUtf8, large]
}

const withPaths = (base: Omit<Hostile, 'what'>, path: string): Hostile[] =>
  path.includes('{')
    ? ['%00', '%ff', '%', '..%2f..', marker, 'x'.repeat(3000), '-1', '%ED%A0%80'].map((value) => ({
        ...base,
        what: `path ← ${value.slice(0, 12)}`,
        path: path.replaceAll(/\{\w+\}/g, value),
      }))
    : []

const withQueries = (base: Omit<Hostile, 'what'>, operation: Operation): Hostile[] => {
  const names = (operation.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
  return [...names, stranger].flatMap((name) =>
    ['%00', '%ff', '-1', '1e99', '9'.repeat(40), marker, '%ED%A0%80', '', `1&${name}=2`].map((value) => ({
      ...base,
      what: `query ${name} ← ${value.slice(0, 12)}`,
      path: `${base.path}?${name}=${value}`,
    })),
  )
}

const withHeaders = (base: Omit<Hostile, 'what'>): Hostile[] => {
  const without = { ...base.headers }
  delete without['idempotency-key']
  return [
    { ...base, what: 'no Idempotency-Key', headers: without },
    {
      ...base,
      what: 'a long Idempotency-Key',
      headers: { ...base.headers, 'idempotency-key': 'k'.repeat(300) },
    },
    {
      ...base,
      what: 'a Latin-1 Idempotency-Key',
      headers: { ...base.headers, 'idempotency-key': 'ключ'.replaceAll(/./g, 'é') },
    },
    { ...base, what: 'a traceparent that is none', headers: { ...base.headers, traceparent: marker } },
    {
      ...base,
      what: 'a token that is none',
      headers: { ...base.headers, authorization: `Bearer ${marker}` },
    },
    { ...base, what: 'another scheme', headers: { ...base.headers, authorization: `Basic ${marker}` } },
    {
      ...base,
      what: 'a long token',
      headers: { ...base.headers, authorization: `Bearer ${'a.'.repeat(4000)}` },
    },
  ]
}

const withMethods = (path: string, known: string[], headers: Record<string, string>): Hostile[] =>
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']
    .filter((method) => !known.includes(method.toLowerCase()))
    .map((method) => ({ what: 'a method that it does not have', method, path: plainPath(path), headers }))

/** Every route of the document, each field, header, query and path part made hostile in turn. */
export const hostileRequests = (document: OpenApi, headers: () => Record<string, string>): Hostile[] =>
  Object.entries(document.paths).flatMap(([path, operations]) => [
    ...withMethods(path, Object.keys(operations), headers()),
    ...Object.entries(operations).flatMap(([verb, operation]) => {
      const base = { method: verb.toUpperCase(), path: plainPath(path), headers: headers() }
      return [
        // `fetch` sends no body with a GET, though Upstash's protocol allows one.
        ...(base.method === 'GET' ? [] : withBodies(base, operation)),
        ...withPaths(base, path),
        ...withQueries(base, operation),
        ...withHeaders(base),
      ]
    }),
  ])
