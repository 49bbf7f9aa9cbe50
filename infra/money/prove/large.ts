import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { holdLimits } from '../large/channels.ts'
import { type Desk, type Faults, openDesk } from '../large/desk.ts'
import { millionPaths } from '../large/million.ts'
import { refuseCurrencies, refuseNoSums, refuseOverflow } from '../large/refuse.ts'
import { cancelWhole, largeAmounts, surviveWhole } from '../large/survive.ts'

const drawn = 200

export const proveLarge: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const stands = [await openTestPayment(), await openTestPayment({ ACQUIRER: 'openapi' })]
  const [desk, other] = stands.map(openDesk) as [Desk, Desk]
  const claims: Claim[] = []
  const show = async (name: string, work: () => Promise<Faults>): Promise<void> => {
    const faults = await work()
    for (const fault of faults.slice(0, 10)) say(`${name}: ${fault}`)
    const [value, ms] = [faults.length, Date.now() - begun]
    claims.push({ claim: `large: ${name}`, value, goal: 0, ok: value === 0, seed, ms })
  }
  try {
    const amounts = largeAmounts(random, Math.max(3, Math.round(drawn * size)))
    await show(`figures changed of ${amounts.length} sums up to 9 007 199 254 740 991 kopecks`, async () => {
      const faults: Faults = []
      for (const amount of amounts) {
        faults.push(...(await surviveWhole(desk, random, amount)))
        faults.push(...(await cancelWhole(desk, amount)))
      }
      return faults
    })
    for (const [name, path] of Object.entries(millionPaths))
      await show(`1 000 000,00 ₽ on its path: ${name}`, () => path(desk))
    for (const name of ['card', 'sbp'] as const)
      await show(`1 000 000,00 ₽ by the other interface: ${name}`, () => millionPaths[name](other))
    await show('limits of channels that did not hold', () => holdLimits(desk))
    await show('limits of the other interface that did not hold', () => holdLimits(other))
    await show('no sums that were taken, or left something', () => refuseNoSums(desk))
    await show('other currencies that were taken', () => refuseCurrencies(desk))
    await show('overflows that were taken', () => refuseOverflow(desk))
    return claims
  } finally {
    await Promise.all(stands.map((stand) => stand.close()))
  }
}
