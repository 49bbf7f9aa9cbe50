import * as v from 'valibot'
import { BankFault } from '../acquirer/bank-fault.ts'
import type { BankDoor } from '../acquirer/guarded-calls.ts'

const TokenAnswer = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/)),
  expires_in: v.optional(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number))]),
  ),
})

export type TokenOptions = {
  url: string
  clientId: string
  clientSecret: string
  /** Where the client shows itself: in the form, or by HTTP Basic. */
  auth: 'form' | 'basic'
  door: BankDoor
  now: () => Date
}

/** So long before its end a token is no longer used: a call takes its time. */
const marginMs = 20_000
/** Seen where the bank did not say. */
const usualSeconds = 170

type Kept = { token: string; untilMs: number }

/** Bearer tokens, kept for as long as they are good; whoever needs one while it is asked for waits for the same answer. */
export const createTokens = ({ url, clientId, clientSecret, auth, door, now }: TokenOptions) => {
  let kept: Kept | undefined
  let asking: Promise<Kept> | undefined

  const ask = async (): Promise<Kept> => {
    const shown = { client_id: clientId, client_secret: clientSecret }
    const basic = `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`
    const { status, text } = await door.send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...(auth === 'basic' && { authorization: basic }),
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(auth === 'form' && shown),
      }).toString(),
    })
    return read(status, text)
  }

  const read = (status: number, text: string): Kept => {
    const answer = status === 200 ? v.safeParse(TokenAnswer, parse(text)) : undefined
    // Without a token the call itself was never made.
    if (!answer?.success) throw new BankFault('not-sent', `token-${status}`)
    const seconds = answer.output.expires_in ?? usualSeconds
    return { token: answer.output.access_token, untilMs: now().getTime() + seconds * 1000 - marginMs }
  }

  return {
    get: async (): Promise<string> => {
      if (kept && now().getTime() < kept.untilMs) return kept.token
      asking ??= ask().finally(() => {
        asking = undefined
      })
      try {
        kept = await asking
      } catch (error) {
        throw error instanceof BankFault ? new BankFault('not-sent', error.code, error.retryAfterMs) : error
      }
      return kept.token
    },
    /** The bank did not take it. Another one that came meanwhile is kept. */
    forget: (token: string): void => {
      if (kept?.token === token) kept = undefined
    },
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
