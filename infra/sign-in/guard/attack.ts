import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Flow, from, type Stand, wrongCode } from './stand.ts'

export const addresses = 10_000
const million = 1_000_000
const codeMs = 10 * 60_000

type Held = Flow & { email: string; askedAt: number; code: string | undefined; isOver: boolean }
/** Whose account an address is, as the attackers cannot know and the prover does. */
export type Target = { account: string; emails: string[] }

/**
 * Strangers with 10 000 addresses who never let go: whenever a code may be asked for they ask, at every code that lives they
 * guess from all sides, and once they have been told wrong ten times they try the right one.
 */
export const createAttack = (stand: Stand, random: SeededRandom, targets: Target[]) => {
  const held: Held[] = []
  /** When a stranger was told that a code is wrong which lived and had tries left. */
  const toldWrong = new Map<string, number[]>(targets.map(({ account }) => [account, []]))
  const seen = new Set<number>()
  let address = 0
  let requests = 0
  const opened: string[] = []

  const next = () => {
    address = (address + 1) % addresses
    seen.add(address)
    requests++
    return from(address)
  }
  const accountOf = (email: string): string =>
    targets.find(({ emails }) => emails.includes(email))?.account ?? ''

  const askAll = async (): Promise<void> => {
    const time = stand.now().getTime()
    const emails = targets.flatMap((target) => target.emails)
    const flows = await Promise.all(emails.map((email) => stand.ask(email, next())))
    await stand.resolveAll()
    for (const [i, flow] of flows.entries()) {
      const email = emails[i] ?? ''
      if (flow)
        held.push({
          ...flow,
          ...{ email, askedAt: time, code: await stand.world.codeOf(flow.flowId), isOver: false },
        })
    }
  }

  const recent = (account: string): number => {
    const dayAgo = stand.now().getTime() - 24 * 60 * 60_000
    return (toldWrong.get(account) ?? []).filter((at) => at > dayAgo).length
  }

  /** With the right code once nothing is left: were it compared, it would open. */
  const guessAt = async (one: Held): Promise<void> => {
    const account = accountOf(one.email)
    const isRight = one.code !== undefined && recent(account) >= 10 && random.below(2) === 0
    const code = isRight ? (one.code ?? '') : wrongCode(one.code, random.below(million))
    const time = stand.now().getTime()
    const { status, isCounted } = await stand.answerTo(one, code, next())
    if (status === 200) {
      opened.push(account)
      one.isOver = true
    }
    if (status === 401 && isCounted) toldWrong.get(account)?.push(time)
  }

  const guessAll = async (): Promise<void> => {
    const time = stand.now().getTime()
    const live = held.filter(({ askedAt, isOver }) => !isOver && time - askedAt < codeMs)
    held.splice(0, held.length, ...live)
    const some = random.shuffle(live).slice(0, 40)
    await Promise.all(some.flatMap((one) => [guessAt(one), guessAt(one)]))
  }

  return { askAll, guessAll, toldWrong, opened, told: () => ({ requests, addresses: seen.size }) }
}
