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

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

/** Data that 1С cannot take is for a person; names and addresses that it does not know are the mapping's fault. */
const dataCodes = new Set(['-1', '4', '5', '16'])
const busyStatuses = new Set([406, 408, 429, 502, 503, 504])

const refusalOf = (code: string, text: string | undefined): OneCFault => {
  // Somebody has the object open in a form: the one refusal that passes by itself.
  if (code === '-1' && /заблокирован/i.test(text ?? '')) return new OneCFault('unavailable', 'locked', text)
  return new OneCFault(dataCodes.has(code) ? 'business' : 'configuration', code, text)
}

const faultOf = (status: number, body: unknown): OneCFault => {
  const refusal = v.safeParse(Refusal, body)
  if (refusal.success) {
    const { code, message } = refusal.output['odata.error']
    return refusalOf(String(code), message?.value)
  }
  // A page of the web server, not a word of 1С: on 5xx it may pass, on 4xx it will not.
  const passes = busyStatuses.has(status) || status >= 500
  return new OneCFault(passes ? 'unavailable' : 'configuration', String(status))
}

/** Empty is what `Post` answers. A page with 200 is a proxy's: whether 1С has acted is unknown. */
export const readAnswer = async (response: Response): Promise<OneCAnswer | undefined> => {
  const text = await response.text()
  const body = text.trim() === '' ? undefined : parse(text)
  if (!response.ok) throw faultOf(response.status, body)
  if (text.trim() === '') return undefined
  const answer = v.safeParse(Body, body)
  if (!answer.success) throw new OneCFault('unavailable', 'garbage')
  return answer.output
}
