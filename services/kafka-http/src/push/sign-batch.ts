import { Webhook } from 'standardwebhooks'
import type { Message } from '../log/message-log.ts'

export const bodyOf = (messages: Message[]): string =>
  JSON.stringify(
    messages.map(({ topic, partition, offset, timestamp, key, value, headers }) => ({
      topic,
      partition,
      offset,
      timestamp,
      key,
      value,
      headers,
    })),
  )

/** The same for the same batch of the same subscription, whichever gateway repeats it. */
export const idOf = async (subscription: string, body: string): Promise<string> => {
  const text = new TextEncoder().encode(`${subscription}\n${body}`)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text))
  return `msg_${Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** Standard Webhooks: one signature for each secret, so that a receiver that knows one of them takes it. */
export const signedHeaders = (
  secrets: string[],
  id: string,
  time: Date,
  body: string,
): Record<string, string> => ({
  'content-type': 'application/json',
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
  'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, time, body)).join(' '),
})
