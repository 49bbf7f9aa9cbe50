import { Webhook } from 'standardwebhooks'
import type { SeededRandom } from '../../stack/prove/random.ts'
import { messageOf } from './ledger.ts'
import type { Stand } from './stand.ts'

export type Attacks = { forged: number; taken: number; repeats: number; refused: number }

const someSecret = () => `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))}`

const signed = (secret: string, body: string, ageSeconds = 0) => {
  const time = new Date(Date.now() - ageSeconds * 1000)
  return {
    'webhook-id': 'msg_forged',
    'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('msg_forged', time, body),
  }
}

const bodyOf = (version: number): string => {
  const message = messageOf({ account: 'forged', version }, crypto.randomUUID(), new Date())
  return JSON.stringify([{ ...message, offset: version, timestamp: Date.now(), headers: [] }])
}

/** Undefined when the receiver is away. */
const post = async (stand: Stand, body: string, headers: Record<string, string>) => {
  const all = { ...headers, 'x-calm': 'yes' }
  const signal = AbortSignal.timeout(10_000)
  const url = `${stand.receiverUrl()}/events`
  const answer = await fetch(url, { method: 'POST', body, headers: all, signal }).catch(() => undefined)
  await answer?.text().catch(() => '')
  return answer?.status
}

const forgeries = (secret: string, n: number): [string, Record<string, string>][] => {
  const body = bodyOf(n)
  const right = signed(secret, body)
  return [
    [body, signed(someSecret(), body)],
    [body, signed(secret, body, 301)],
    [body, signed(secret, body, -400)],
    [bodyOf(n + 1), right],
    [body, { ...signed(secret, body, 600), 'webhook-timestamp': right['webhook-timestamp'] }],
    [body, { ...right, 'webhook-id': 'msg_other' }],
    [body, { ...right, 'webhook-signature': 'v1,' }],
    [body, {}],
  ]
}

/** A post that is not signed as it should be, or too long ago. */
export const forge = async (stand: Stand, random: SeededRandom, attacks: Attacks): Promise<void> => {
  const all = forgeries(stand.secret, attacks.forged)
  const [body, headers] = all[random.below(all.length)] ?? ['', {}]
  const status = await post(stand, body, headers)
  if (status === undefined) return
  attacks.forged++
  if (status !== 400 && status !== 401) attacks.taken++
}

/** Right posts that the receiver has taken before, to the letter. */
export const repeat = async (stand: Stand, attacks: Attacks): Promise<void> => {
  const answer = await fetch(`${stand.receiverUrl()}/recorded`).catch(() => undefined)
  const recorded = ((await answer?.json().catch(() => [])) ?? []) as {
    headers: Record<string, string>
    body: string
  }[]
  for (const { headers, body } of recorded) {
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('webhook-')))
    const status = await post(stand, body, own)
    if (status === undefined) return
    attacks.repeats++
    if (status !== 204) attacks.refused++
  }
}
