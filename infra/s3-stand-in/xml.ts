import { Refusal } from './refusal.ts'

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const escapeText = (text: string): string =>
  text.replace(/[&<>"]|\p{Cc}/gu, (char) => escapes[char] ?? `&#x${char.charCodeAt(0).toString(16)};`)

/** `<name>value</name>`, escaped; nothing at all for an absent value. */
export const text = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? '' : `<${name}>${escapeText(String(value))}</${name}>`

export const element = (name: string, ...children: string[]): string =>
  `<${name}>${children.join('')}</${name}>`

export const xmlAnswer = (root: string, children: string[], status = 200): Response =>
  new Response(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${namespace}">${children.join('')}</${root}>`,
    { status, headers: { 'content-type': 'application/xml' } },
  )

export const refusalAnswer = (refusal: Refusal, path: string, method: string): Response => {
  const silent = method === 'HEAD' || refusal.status === 304
  const body = element(
    'Error',
    text('Code', refusal.code),
    text('Message', refusal.message),
    text('Resource', path),
  )
  return new Response(silent ? null : `<?xml version="1.0" encoding="UTF-8"?>\n${body}`, {
    status: refusal.status,
    headers: silent ? {} : { 'content-type': 'application/xml' },
  })
}

/** The insides of each `<name>` in a request's small document. */
export const elementsOf = (document: string, name: string): string[] => {
  if (document.includes('<!')) throw new Refusal('MalformedXML')
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g')
  return [...document.matchAll(pattern)].map(([, inside = '']) => inside)
}

export const textOf = (document: string, name: string): string | undefined => {
  const [inside] = elementsOf(document, name)
  return inside?.replace(/&(#x?[0-9a-f]+|\w+);/gi, (whole, entity: string) => characterOf(entity) ?? whole)
}

const characterOf = (entity: string): string | undefined => {
  if (!entity.startsWith('#')) return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[entity]
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1))
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
