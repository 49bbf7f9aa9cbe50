import * as v from 'valibot'
import type { OneCAnswer } from './entity.ts'
import { OneCFault } from './one-c-fault.ts'
import { faultOfStatus, isLocked, parseJson } from './read-answer.ts'

const Body = v.record(v.string(), v.unknown())
const Refusal = v.object({
  error: v.object({
    code: v.string(),
    message: v.optional(v.string()),
    retryable: v.optional(v.boolean()),
  }),
})

/** No resource under this id, by the service's own word: a 404 of the platform says that the address is wrong. */
export const notFound = 'NOT_FOUND'

const mostText = 1000

const refusalOf = (status: number, { error }: v.InferOutput<typeof Refusal>): OneCFault => {
  const { code, message, retryable } = error
  if (code === notFound && status === 404) return new OneCFault('configuration', notFound, message)
  if (retryable || status === 503) return new OneCFault('unavailable', code, message)
  return new OneCFault('business', code, message)
}

const isPage = (text: string): boolean => /^\s*</.test(text)

/** An exception in a handler: the platform answers with its text, which is the configuration's own refusal. */
const exceptionOf = (text: string): OneCFault => {
  const told = text.trim().slice(0, mostText)
  return isLocked(told) ? new OneCFault('unavailable', 'locked', told) : new OneCFault('business', '-1', told)
}

const faultOf = (response: Response, text: string): OneCFault => {
  const refusal = v.safeParse(Refusal, parseJson(text))
  if (refusal.success) return refusalOf(response.status, refusal.output)
  if (response.status === 500 && text.trim() !== '' && !isPage(text)) return exceptionOf(text)
  return faultOfStatus(response)
}

/** Whether a refusal is the service's own word, and not one about the session. */
export const isOwnRefusal = (text: string): boolean => v.is(Refusal, parseJson(text))

export const readServiceAnswer = (response: Response, text: string): OneCAnswer => {
  if (!response.ok) throw faultOf(response, text)
  const answer = v.safeParse(Body, parseJson(text))
  if (!answer.success) throw new OneCFault('unavailable', 'garbage')
  return answer.output
}
