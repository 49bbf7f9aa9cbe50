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
export const postBatch = async ({ target, headers, body, now, timeoutMs, cut }: Post): Promise<Answer> => {
  const late = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([late, cut])
  try {
    const answer = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal })
    await passOver(answer)
    if (answer.ok) return { taken: true }
    const retryAfterMs = retryAfterOf(answer.headers.get('retry-after'), now())
    return { taken: false, reason: `answered ${answer.status}`, gone: answer.status === 410, retryAfterMs }
  } catch {
    const reason = late.aborted ? 'no answer in time' : 'no connection'
    return { taken: false, reason, gone: false, retryAfterMs: undefined }
  }
}

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
