import { Problem } from '@kontora/service'
import type { Language } from '@kontora/service/pages'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Fault } from './sign-in-page.tsx'
import { type Words, whenIn, wordsIn } from './words.ts'

export type Told = { fault: Fault; status: ContentfulStatusCode; retryAfterSeconds?: number | undefined }

/** What the verbs refuse, for the page that the person stands on; undefined for what this page has no words for. */
export const refusedInWords = (
  error: unknown,
  language: Language,
  many: 'coolDown' | 'wait',
  provider = '',
): Told | undefined => {
  if (!(error instanceof Problem)) return undefined
  const { fault: words }: Words = wordsIn(language)
  const { retryAfterSeconds = 1 } = error.details
  const when = whenIn(language, retryAfterSeconds)
  if (error.code === 'too-many-requests')
    return { fault: { text: words[many](when) }, status: 429, retryAfterSeconds }
  if (error.code === 'unavailable')
    return { fault: { text: words.away(when) }, status: 503, retryAfterSeconds }
  return error.code === 'conflict' ? { fault: { text: words.conflict(provider) }, status: 409 } : undefined
}
