import * as v from 'valibot'

const control = /[\p{Cc}--[\n\r\t]]/v
const loneSurrogate = /\p{Surrogate}/u

/** Postgres refuses U+0000 in text and jsonb, and a lone surrogate would come back as another character. */
const storable = (text: string): boolean => !control.test(text) && !loneSurrogate.test(text)

/** Free text, trimmed, 1 to `maxLength` characters, without control characters. */
export const Text = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(maxLength),
    v.check(storable, 'text without control characters'),
  )

const oneLine = (text: string): boolean => storable(text) && !/[\n\r\t]/.test(text)

/** One line of text: a person's name, a title, a file's name. */
export const Name = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(maxLength),
    v.check(oneLine, 'one line of text without control characters'),
  )

/** What may stand in a header or an opaque token: visible ASCII. */
export const HeaderToken = (maxLength: number) =>
  v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, 'visible ASCII'), v.maxLength(maxLength))

export const Sha256Hex = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'))

/** A file's size: 1 byte to 5 GiB, the most that one S3 PUT takes. */
export const SizeBytes = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(5 * 1024 ** 3))

export const Locale = v.picklist(['ru', 'en'])
export type Locale = v.InferOutput<typeof Locale>

const isHttpUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/** An absolute http or https address. */
export const Url = v.pipe(v.string(), v.maxLength(2048), v.check(isHttpUrl, 'an http or https URL'))

/** `?limit=` of a list; a query holds text. */
export const PageLimit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[1-9][0-9]{0,2}$/, '1 to 999'),
    v.transform(Number),
    v.number(),
    v.maxValue(200),
  ),
  '50',
)
