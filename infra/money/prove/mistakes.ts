import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import type { Proof } from '../../stack/prove/claim.ts'
import { mistakes } from '../mistakes/index.ts'

const rowsOfReference = 22

/** Each public mistake is tried with this service, which must not make it. */
export const proveMistakes: Proof = async ({ seed, say }) => {
  const begun = performance.now()
  const made: string[] = []
  for (const { row, sentence, show } of mistakes) {
    const payment = await openTestPayment()
    try {
      await show({ payment, story: storyOf(payment) })
    } catch (error) {
      made.push(`${row}: ${error instanceof Error ? error.message : error}`)
      say(`${row} ${sentence}`)
    } finally {
      await payment.close()
    }
  }
  const rows = new Set(mistakes.map(({ row }) => row))
  const avoided = rows.size - made.length
  return [
    {
      claim: 'mistakes: of those that public integrations made, ours makes none of',
      value: made.length === 0 ? avoided : `${avoided}; ${made.slice(0, 5).join('; ')}`,
      goal: rowsOfReference,
      ok: made.length === 0 && rows.size === rowsOfReference && mistakes.length === rowsOfReference,
      seed,
      ms: Math.round(performance.now() - begun),
    },
  ]
}
