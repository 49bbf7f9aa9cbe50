import * as v from 'valibot'
import type { OneCAnswer } from './entity.ts'
import { OneCFault } from './one-c-fault.ts'

const Body = v.record(v.string(), v.unknown())
const Refusal = v.object({
  'odata.error': v.object({
    code: v.union([v.string(), v.number()]),
    message: v.optional(v.object({ value: v.optional(v.string()) })),
  }),
})

/** Of a text that may begin with a byte order mark; undefined is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Data that 1С cannot take is for a person; names and addresses that it does not know are the mapping's fault. */
const dataCodes = new Set(['-1', '4', '5', '16'])
const busyStatuses = new Set([406, 408, 429, 502, 503, 504])
const noRights = '20'

/** Somebody has the object open in a form: the one refusal that passes by itself. */
export const isLocked = (text: string | undefined): boolean => /заблокирован/i.test(text ?? '')

const refusalOf = (code: string, text: string | undefined): OneCFault => {
  if (code === noRights) return new OneCFault('access', code, text)
  if (code === '-1' && isLocked(text)) return new OneCFault('unavailable', 'locked', text)
  return new OneCFault(dataCodes.has(code) ? 'business' : 'configuration', code, text)
}

const secondsMs = 1000
const mostMs = 3_600_000

/** `Retry-After` in seconds; its form with a date is no promise between two clocks. */
const retryAfterOf = ({ headers }: Response): number | undefined => {
  const seconds = headers.get('retry-after')
  return seconds && /^\d{1,6}$/.test(seconds) ? Math.min(Number(seconds) * secondsMs, mostMs) : undefined
}

/** A page of the web server, not a word of 1С: on 5xx it may pass, on 4xx it will not. */
export const faultOfStatus = (response: Response): OneCFault => {
  const { status } = response
  const retryAfterMs = retryAfterOf(response)
  if (status === 401 || status === 403) return new OneCFault('access', String(status))
  if (status === 501) return new OneCFault('configuration', '501')
  const passes = busyStatuses.has(status) || status >= 500
  return new OneCFault(passes ? 'unavailable' : 'configuration', String(status), undefined, { retryAfterMs })
}

const faultOf = (response: Response, body: unknown): OneCFault => {
  const refusal = v.safeParse(Refusal, body)
  if (!refusal.success) return faultOfStatus(response)
  const { code, message } = refusal.output['odata.error']
  return refusalOf(String(code), message?.value)
}

/** Empty is what `Post` answers. A page with 200 is a proxy's: whether 1С has acted is unknown. */
export const readAnswer = async (response: Response): Promise<OneCAnswer | undefined> => {
  const text = await response.text()
  const body = text.trim() === '' ? undefined : parseJson(text)
  if (!response.ok) throw faultOf(response, body)
  if (text.trim() === '') return undefined
  const answer = v.safeParse(Body, body)
  if (!answer.success) throw new OneCFault('unavailable', 'garbage')
  return answer.output
}
