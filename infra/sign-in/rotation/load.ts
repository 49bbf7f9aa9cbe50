import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Stand, underUnknownKey, type Verifier } from './stand.ts'

/** Times in tokens are whole seconds, so they live up to a second less than 5 minutes. */
const tokenLifeMs = 299_000
const strangersAtOnce = 5

export type Told = { verified: number; failed: string[]; strangers: number; taken: number }

type Minted = { token: string; at: number }

/** What the services of a platform do at one moment: fresh tokens, older ones, and strangers' with keys that nobody has. */
export const createLoad = (stand: Stand, random: SeededRandom, verifiers: Verifier[]) => {
  const told: Told = { verified: 0, failed: [], strangers: 0, taken: 0 }
  let minted: Minted[] = []

  const check = async ({ verify }: Verifier, { token, at }: Minted): Promise<void> => {
    told.verified++
    await verify(token).catch((error: { code?: string }) => {
      told.failed.push(`${error.code} ${Math.round((stand.now().getTime() - at) / 1000)} s after signing`)
    })
  }

  const molest = async ({ verify }: Verifier): Promise<void> => {
    const name = `unknown-${random.below(2 ** 31)}`
    told.strangers++
    const token = underUnknownKey(minted.at(-1)?.token ?? '', name)
    await verify(token).then(
      () => told.taken++,
      () => {},
    )
  }

  /** Each verifier is asked now and then, so that some sleep over a rotation; some are flooded. */
  const moment = async (): Promise<void> => {
    const at = stand.now().getTime()
    const fresh = await Promise.all([0, 1, 0, 1].map((replica) => stand.mint(replica)))
    minted = minted.filter((one) => at - one.at < tokenLifeMs).concat(fresh.map((token) => ({ token, at })))
    const works = verifiers.flatMap((verifier, i) => {
      if (i % 3 === 2 && random.below(40) > 0) return []
      const older = minted[random.below(minted.length)]
      const strangers = i % 2 === 0 ? Array.from({ length: strangersAtOnce }, () => molest(verifier)) : []
      const wanted = [...minted.slice(-4), ...(older ? [older] : [])]
      return [...strangers, ...wanted.map((one) => check(verifier, one))]
    })
    await Promise.all(works)
  }

  return { told, moment }
}
export type Load = ReturnType<typeof createLoad>
