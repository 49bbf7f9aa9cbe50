import { seededRandom } from '../../stack/prove/random.ts'
import { type Message, messageOf, unknownAccount, unreadableValue } from './ledger.ts'
import { authorization } from './stand.ts'

export type Written = { accounts: Map<string, number>; unknown: number }

/** At either gateway until one has acknowledged it: what the log holds twice has one id. */
const produce = async (gateways: string[], messages: Message[], first: number): Promise<void> => {
  for (let i = first; ; i++) {
    const url = `${gateways[i % gateways.length]}/produce`
    const signal = AbortSignal.timeout(10_000)
    const body = JSON.stringify(messages)
    const answer = await fetch(url, { method: 'POST', headers: { authorization }, body, signal }).catch(
      () => undefined,
    )
    const ok = answer?.ok ?? false
    await answer?.text().catch(() => '')
    if (ok) return
    await Bun.sleep(50)
  }
}

/** What no handler can read; each is a dead letter once. */
const spoilt = (kind: number, time: Date): Message => {
  const right = messageOf({ account: unknownAccount, version: 1 }, crypto.randomUUID(), time, 2)
  return kind === 0 ? { ...right, value: unreadableValue } : right
}

type Options = {
  gateways: string[]
  events: number
  seed: number
  pauseMs: number
  said: (count: number) => void
}

/** Writers of accounts of their own, each event after the one before it was acknowledged. */
export const writeEvents = async ({ gateways, events, seed, pauseMs, said }: Options): Promise<Written> => {
  const written: Written = { accounts: new Map(), unknown: 0 }
  let count = 0
  const writer = async (writer: number) => {
    const random = seededRandom(seed + writer)
    for (let left = Math.ceil(events / writers); left > 0; ) {
      const size = Math.min(left, 1 + random.below(6))
      left -= size
      const messages = Array.from({ length: size }, () => {
        const number = random.below(accountsEach)
        const account = `${number === 0 ? 'poison' : 'account'}-${writer}-${number}`
        const version = (written.accounts.get(account) ?? 0) + 1
        written.accounts.set(account, version)
        return messageOf({ account, version }, crypto.randomUUID(), new Date())
      })
      if (random.below(60) === 0) {
        const kind = random.below(2)
        if (kind === 1) written.unknown++
        messages.push(spoilt(kind, new Date()))
      }
      await produce(gateways, messages, random.below(gateways.length))
      count += size
      said(count)
      await Bun.sleep(random.below(2 * pauseMs))
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, i) => writer(i)))
  return written
}

const writers = 8
const accountsEach = 6
