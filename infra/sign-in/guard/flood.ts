import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Flow, from, type Headers, type Stand, wrongCode } from './stand.ts'

const atOnce = 50
const million = 1_000_000

type Flood = {
  stand: Stand
  random: SeededRandom
  email: string
  /** The owner's flow, of which strangers know the id at most. */
  owned: Flow
  guesses: number
  overMs: number
}

const secretOf = (random: SeededRandom): string =>
  Array.from({ length: 22 }, () => 'abcdefghijklmnopqrstuvwxyz'.charAt(random.below(26))).join('')

/** Whatever strangers can do to someone's code: at flows of their own, at his with secrets that are not his, asking all the time. */
export const flood = async ({ stand, random, email, owned, guesses, overMs }: Flood): Promise<number> => {
  const own: Flow[] = []
  let made = 0
  let address = random.below(1000)
  const next = (): Headers => from(address++ % 10_000)

  const askMore = async () => {
    const flow = await stand.ask(email, next())
    if (!flow) return
    own.push(flow)
    await stand.resolveAll()
  }
  const foreign = (): Flow => {
    const kind = own.length > 0 ? random.below(4) : 3
    const mine = own[random.below(own.length)]
    if (!mine || kind === 3) return { flowId: owned.flowId, flowSecret: secretOf(random) }
    return kind === 2 ? { flowId: owned.flowId, flowSecret: mine.flowSecret } : mine
  }
  while (made < guesses) {
    await askMore()
    const batch = Math.min(atOnce, guesses - made)
    await Promise.all(
      Array.from({ length: batch }, () =>
        stand.guess(foreign(), wrongCode(undefined, random.below(million)), next()),
      ),
    )
    made += batch
    stand.pass((overMs * batch) / guesses)
  }
  return own.length
}
