import { withOwnSignal } from './own-signal.ts'

export type Post = {
  target: string
  headers: Record<string, string>
  body: string
  now: () => Date
  timeoutMs: number
  /** The gateway goes down and waits no longer. */
  cut: AbortSignal
}

/** `reason` is a fixed word or a status, never a text of the receiver's. */
export type Answer =
  | { taken: true }
  | { taken: false; reason: string; gone: boolean; retryAfterMs: number | undefined }

const mostRetryAfterMs = 3_600_000
const mostAnswerBytes = 4096

/** A redirect is not followed: it would lead past the list of targets. */
export const postBatch = ({ target, headers, body, now, timeoutMs, cut }: Post): Promise<Answer> => {
  let late = false
  return withOwnSignal(cut, async (call): Promise<Answer> => {
    const timer = setTimeout(() => {
      late = true
      call.abort()
    }, timeoutMs)
    try {
      const { signal } = call
      const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal })
      await passOver(response).catch(() => {})
      return answerOf(response, now())
    } finally {
      clearTimeout(timer)
    }
  }).catch(() => refusal(late ? 'no answer in time' : 'no connection'))
}

const refusal = (reason: string, gone = false, retryAfterMs?: number): Answer => ({
  taken: false,
  reason,
  gone,
  retryAfterMs,
})

const answerOf = ({ ok, status, headers }: Response, time: Date): Answer =>
  ok
    ? { taken: true }
    : refusal(`answered ${status}`, status === 410, retryAfterOf(headers.get('retry-after'), time))

/** A short answer is read away, so that the connection serves again; it is of no use otherwise. */
const passOver = async ({ body }: Response): Promise<void> => {
  const reader = body?.getReader()
  for (let bytes = 0; reader && bytes <= mostAnswerBytes; ) {
    const { done, value } = await reader.read()
    if (done) return
    bytes += value.byteLength
  }
  await reader?.cancel().catch(() => {})
}

/** Seconds or a date; never longer than an hour. */
const retryAfterOf = (text: string | null, time: Date): number | undefined => {
  if (!text) return undefined
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - time.getTime()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), mostRetryAfterMs) : undefined
}
