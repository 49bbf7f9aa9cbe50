import * as v from 'valibot'
import { invalidField, missingField, type Refusal } from './refuse.ts'

const address = /^(?:[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)$/
const addressFormat =
  'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.'

const Address = v.pipe(v.string(), v.regex(address))
const Addresses = v.union([
  v.pipe(
    Address,
    v.transform((one) => [one]),
  ),
  v.pipe(v.array(Address), v.maxLength(50)),
])
const TagWord = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,256}$/))
const Attachment = v.union([
  v.object({ filename: v.string(), content: v.pipe(v.string(), v.base64()) }),
  v.object({ filename: v.optional(v.string()), path: v.pipe(v.string(), v.url()) }),
])

const Letter = v.object({
  from: Address,
  to: v.pipe(Addresses, v.minLength(1)),
  subject: v.optional(v.string(), ''),
  html: v.nullish(v.string(), null),
  text: v.nullish(v.string(), null),
  cc: v.nullish(Addresses, null),
  bcc: v.nullish(Addresses, null),
  reply_to: v.nullish(Addresses, null),
  headers: v.nullish(v.record(v.string(), v.pipe(v.string(), v.regex(/^[^\r\n]*$/))), null),
  tags: v.optional(v.array(v.object({ name: TagWord, value: TagWord })), []),
  attachments: v.optional(v.array(Attachment), []),
  scheduled_at: v.nullish(
    v.pipe(
      v.string(),
      v.check((time) => !Number.isNaN(Date.parse(time))),
    ),
    null,
  ),
  template: v.optional(
    v.object({ id: v.string(), variables: v.optional(v.record(v.string(), v.unknown())) }),
  ),
})
export type Letter = v.InferOutput<typeof Letter>

const expected: Record<string, string> = {
  to: addressFormat,
  cc: addressFormat,
  bcc: addressFormat,
  reply_to: addressFormat,
  tags: 'Tags should only contain ASCII letters, numbers, underscores, or dashes.',
  scheduled_at: 'The date needs to follow ISO 8601.',
}

const largestBase64 = 40 * 1024 * 1024

export const readLetter = (body: unknown): { letter: Letter } | { refusal: Refusal } => {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const missing = ['from', 'to', 'subject'].find(
    (field) => !fields[field] && !(field === 'subject' && fields.template),
  )
  if (missing) return { refusal: missingField(missing) }
  if (fields.html == null && fields.text == null && !fields.template)
    return { refusal: { ...missingField('html'), message: 'Missing `html` or `text` field.' } }
  const letter = v.safeParse(Letter, body, { abortEarly: true })
  if (!letter.success) return { refusal: refusalOf(String(letter.issues[0].path?.[0]?.key)) }
  const size = letter.output.attachments.reduce(
    (sum, file) => sum + ('content' in file ? file.content.length : 0),
    0,
  )
  return size > largestBase64 ? { refusal: refusalOf('attachments') } : { letter: letter.output }
}

const refusalOf = (field: string): Refusal => {
  if (field === 'from') return { ...invalidField('from', addressFormat), name: 'invalid_from_address' }
  if (field === 'attachments')
    return { ...invalidField('attachments', 'At most 40 MB of base64.'), name: 'invalid_attachment' }
  return invalidField(field, expected[field] ?? 'See the API reference.')
}
