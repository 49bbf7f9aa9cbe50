import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { playOrders } from '../permutations/play-orders.ts'

/** All 720 orders of six events of a payment end alike: settled once, refunded once, told in one order. */
export const provePermutations: Proof = async ({ seed, size, say }) => {
  const began = Date.now()
  const played = await playOrders(seededRandom(seed), size, say)
  return played.map(({ family, orders, ends }): Claim => {
    const [first] = ends.keys()
    const isPaid =
      first?.includes(
        '"events":["payment.invoice-issued","payment.attempt-started","payment.attempt-settled","payment.invoice-paid","payment.refund-requested","payment.refund-settled"]',
      ) ?? false
    if (ends.size > 1 || !isPaid)
      for (const [end, examples] of ends) say(`${family}: ${examples.join(' | ')}\n  ${end}`)
    return {
      claim: `permutations: ends of ${orders} orders of a payment ${family}`,
      value: ends.size,
      goal: 1,
      ok: ends.size === 1 && isPaid,
      seed,
      ms: Date.now() - began,
    }
  })
}
