import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { audit } from '../timeouts/audit.ts'
import { runBatch } from '../timeouts/batch.ts'
import { type Mode, openWorld, settleDown } from '../timeouts/world.ts'

const fullTimeouts = 10_000

/** In each mode so many calls that were done and not answered; then quiet, and the books are compared. */
const proveMode = async (mode: Mode, { seed, size, say }: Parameters<Proof>[0]): Promise<Claim[]> => {
  const begun = performance.now()
  const wanted = Math.max(20, Math.round(fullTimeouts * size))
  const world = await openWorld(mode, seed)
  try {
    for (let batches = 1; world.injected() < wanted; batches++) {
      await runBatch(world)
      if (batches % 20 === 0) say(`${mode}: ${world.injected()} time-outs after acting`)
    }
    await settleDown(world)
    const { wrong, payments, refunds, shown } = await audit(world)
    const ms = Math.round(performance.now() - begun)
    const [told, run] = [
      `${payments} paid, ${refunds} refunded, ${shown} shown to the operator`,
      { seed, ms },
    ]
    return [
      {
        claim: `timeouts, ${mode}: calls that were done and not answered`,
        value: world.injected(),
        goal: wanted,
        ok: world.injected() >= wanted,
        ...run,
      },
      {
        claim: `timeouts, ${mode}: no second charge or refund, none guessed`,
        value: wrong.length === 0 ? told : [...new Set(wrong)].slice(0, 5).join('; '),
        goal: 'the same books here and at the bank',
        ok: wrong.length === 0,
        ...run,
      },
    ]
  } finally {
    await world.payment.close()
  }
}

/** By a bank that tells a repeated refund by its number, and by one that does not. */
export const proveTimeouts: Proof = async (options) => [
  ...(await proveMode('verified', options)),
  ...(await proveMode('unverified', options)),
]
