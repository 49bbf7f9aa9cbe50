import type { Call } from './call.ts'
import { Refusal } from './refusal.ts'
import type { StoredObject } from './stored-object.ts'

const matches = (header: string, etag: string): boolean =>
  header === '*' ||
  header
    .split(',')
    .map((value) => value.trim().replace(/^W\//, ''))
    .some((value) => value === etag || `"${value}"` === etag)

/** Reading: If-Match refuses with 412, If-None-Match answers 304. */
export const checkReadConditions = (call: Call, { etag }: StoredObject, prefix = ''): void => {
  const wanted = call.headers.get(`${prefix}if-match`)
  if (wanted !== null && !matches(wanted, etag)) throw new Refusal('PreconditionFailed')
  const known = call.headers.get(`${prefix}if-none-match`)
  if (known !== null && matches(known, etag)) throw new Refusal(prefix ? 'PreconditionFailed' : 'NotModified')
}

/** Writing: whether the key must be new. If-Match is compared at once, for it needs the object that is there. */
export const checkWriteConditions = (call: Call, current: StoredObject | undefined): boolean => {
  const wanted = call.headers.get('if-match')
  if (wanted !== null && !current) throw new Refusal('NoSuchKey')
  if (wanted !== null && current && !matches(wanted, current.etag)) throw new Refusal('PreconditionFailed')
  const none = call.headers.get('if-none-match')
  if (none !== null && none !== '*') throw new Refusal('NotImplemented')
  return none === '*'
}

/** The part of the object that `Range` asks for; undefined is all of it, as for any range that S3 does not understand. */
export const readRange = (
  header: string | null,
  sizeBytes: number,
): { start: number; end: number } | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start >= sizeBytes || end <= start) throw new Refusal('InvalidRange')
  return { start, end }
}
