import { Webhook } from 'standardwebhooks'

const shapes = {
  id: /^[A-Za-z0-9_-]{1,64}$/,
  timestamp: /^\d{9,11}$/,
  signature: /^v\d+a?,[A-Za-z0-9+/=]{1,256}(?: v\d+a?,[A-Za-z0-9+/=]{1,256}){0,9}$/,
}

/** The event's id when the body is signed with our secret within the last five minutes; undefined otherwise. */
export const verifyWebhook = (secret: string, headers: Headers, body: string): string | undefined => {
  const id = headers.get('svix-id') ?? ''
  const timestamp = headers.get('svix-timestamp') ?? ''
  const signature = headers.get('svix-signature') ?? ''
  if (!shapes.id.test(id) || !shapes.timestamp.test(timestamp) || !shapes.signature.test(signature))
    return undefined
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
  try {
    new Webhook(secret).verify(body, signed, { jsonParse: false })
    return id
  } catch {
    return undefined
  }
}
