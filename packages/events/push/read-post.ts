import { Problem } from '@kontora/service'
import * as v from 'valibot'
import type { Message } from '../consume/handle-message.ts'

/** A batch holds 1 MiB of messages, and a control character becomes six in JSON. */
const mostBytes = 8 * 1024 * 1024

const Offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const Messages = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.object({
      topic: v.pipe(v.string(), v.maxLength(249)),
      partition: Offset,
      offset: Offset,
      key: v.string(),
      value: v.nullable(v.string()),
    }),
  ),
)

/** What is longer is refused as soon as that is known. */
export const readBody = async (request: Request): Promise<string> => {
  const tooLarge = () =>
    new Problem('too-large', 'The body is too large', { fields: { body: `at most ${mostBytes} bytes` } })
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) throw tooLarge()
  const decoder = new TextDecoder()
  const reader = request.body?.getReader()
  let text = ''
  for (let bytes = 0; reader; ) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.byteLength
    if (bytes > mostBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge()
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

export const readMessages = (body: string): Message[] => {
  const read = v.safeParse(Messages, body)
  if (!read.success)
    throw new Problem('invalid-input', 'The body is wrong', { fields: { body: 'an array of messages' } })
  return read.output
}
