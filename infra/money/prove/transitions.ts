import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { decideAll } from '../transitions/decide-all.ts'
import { tryEveryStep } from '../transitions/refuse-illegal.ts'

/** Every pair of state and event is decided, and the database lets through no step that the rule does not know. */
export const proveTransitions: Proof = async ({ seed, say }) => {
  const began = Date.now()
  const payment = await openTestPayment()
  try {
    const decided = await decideAll(payment)
    const tried = await tryEveryStep(payment)
    const bugs = payment.lines.filter((line) => line.includes('due-row-failed'))
    for (const line of [...decided.wrong, ...tried.wrong, ...bugs]) say(line)
    const claim = (name: string, value: number): Claim => ({
      claim: `transitions: ${name}`,
      value,
      goal: 0,
      ok: value === 0,
      seed,
      ms: Date.now() - began,
    })
    return [
      claim(
        `of ${decided.pairs} pairs of state and event ended otherwise than the rule says`,
        decided.wrong.length,
      ),
      claim(`of ${tried.pairs} pairs of states the database judged otherwise`, tried.wrong.length),
      claim('verbs stopped only by the database', bugs.length),
    ]
  } finally {
    await payment.close()
  }
}
