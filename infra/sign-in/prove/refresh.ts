import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { createFamilies, type Family } from '../guard/families.ts'
import { browser, openStand } from '../guard/stand.ts'

const families = 100
const parallel = 50
const generations = 5

type Told = { signedOut: number; split: number; alive: number; tokens: number }

/** Someone's fifty tabs, over and over; then one who has copied a token on the way. */
export const proveRefresh: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const total = Math.max(3, Math.round(families * size))
  const stand = await openStand()
  const { open, refresh, isLive, hearRevoked } = createFamilies(stand)
  const told: Told = { signedOut: 0, split: 0, alive: 0, tokens: 0 }
  const home = browser('home')

  const refreshAll = async (family: Family): Promise<void> => {
    const answers = await Promise.all(Array.from({ length: parallel }, () => refresh(family.newest, home)))
    const given = answers.flatMap((answer) => answer ?? [])
    told.signedOut += parallel - given.length
    const next = new Set(given.map(({ refreshToken }) => refreshToken))
    told.split += Math.max(0, next.size - 1)
    family.old.push(family.newest)
    family.newest = [...next][0] ?? family.newest
    family.accessTokens.push(...given.map(({ accessToken }) => accessToken))
  }

  try {
    for (let i = 0; i < total; i++) {
      const family = await open(`person-${i}@example.com`, home)
      for (let generation = 0; generation < generations; generation++) {
        await refreshAll(family)
        if (!(await isLive(family.accessTokens.at(-1) ?? ''))) told.signedOut++
        stand.pass(random.below(60_000))
      }
      // The newest one but already used at home, or any older one, within the grace or after it.
      const stolen = family.old[random.below(family.old.length)] ?? ''
      const replayed = await refresh(stolen, browser('thief'))
      if (replayed) told.alive++
      if (await refresh(family.newest, home)) told.alive++
      await hearRevoked()
      const live = await Promise.all(family.accessTokens.slice(-parallel).map(isLive))
      told.tokens += live.filter(Boolean).length
    }
    say(`${total} families of ${generations} generations, ${parallel} parallel refreshes of each`)
    const claim = (name: string, value: number): Claim => {
      return { claim: `refresh: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    const all = total * generations * parallel
    return [
      claim(`of ${all} refreshes, ${parallel} at once over two instances, were refused`, told.signedOut),
      claim(`second families among ${total * generations}`, told.split),
      claim(`refresh tokens that live after a replay from elsewhere, of ${total} families`, told.alive),
      claim('access tokens that live after it', told.tokens),
    ]
  } finally {
    await stand.close()
  }
}
