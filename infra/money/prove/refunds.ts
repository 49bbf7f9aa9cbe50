import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import { openTestPayment } from '../../../services/payment/src/testing.node.ts'
import { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import type { Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'

const fullRounds = 1000
const parallel = 20

type World = { payment: TestPayment; story: ReturnType<typeof storyOf>; random: SeededRandom }
type Sums = { captured: number; refunded: number }

/** As the bank's own book has it. */
const atBank = async ({ payment }: World, mdOrder: string): Promise<Sums> => {
  const order = await payment.bank.ask('GET', `orders/${mdOrder}`)
  const refunded = Number(order.refundedAmount)
  return { captured: Number(order.depositedAmount) + refunded, refunded }
}

/** Twenty of 60 % at once, told to the bank until nothing is under way; answers what is wrong. */
const round = async (world: World): Promise<string[]> => {
  const { payment, story, random } = world
  const priceKopecks = 100 + random.below(99_999_900)
  const { attemptId, mdOrder } = await story.settled({ priceKopecks })
  const token = await story.operator()
  const body = { attemptId, amountKopecks: Math.floor((priceKopecks * 6) / 10), reason: 'Возврат' }
  const asked = await Promise.all(
    Array.from({ length: parallel }, () => payment.ask('POST', '/v1/refunds', { token, body })),
  )
  for (let i = 0; i < 3; i++) {
    await payment.run('send-refunds')
    await payment.advance(3000)
  }
  const taken = asked.filter(({ status }) => status === 202).length
  const { captured, refunded } = await atBank(world, mdOrder)
  const reserved = Number((await story.attemptOf(attemptId)).refundedKopecks)
  return [
    ...(taken === 1 ? [] : [`${taken} of ${parallel} taken`]),
    ...(refunded <= captured ? [] : [`the bank gave back ${refunded} of ${captured}`]),
    ...(reserved === refunded ? [] : [`${reserved} reserved and ${refunded} refunded`]),
    ...asked.flatMap(({ status }) => (status === 202 || status === 409 ? [] : [`answered ${status}`])),
  ]
}

/** Never is more given back than was captured, whoever asks at once. */
export const proveRefunds: Proof = async ({ seed, size, say }) => {
  const begun = performance.now()
  const payment = await openTestPayment()
  const world = { payment, story: storyOf(payment), random: seededRandom(seed) }
  const rounds = Math.max(1, Math.round(fullRounds * size))
  const wrong: string[] = []
  try {
    for (let i = 1; i <= rounds; i++) {
      wrong.push(...(await round(world)))
      if (i % 100 === 0) say(`${i} rounds of ${parallel} refunds at once`)
    }
    const [ledger] = await payment.sql<{ total: number }[]>`
      select coalesce(sum(amount_kopecks), 0)::bigint as total from ledger_entries`
    if (ledger?.total !== 0) wrong.push(`debits exceed credits by ${ledger?.total}`)
  } finally {
    await payment.close()
  }
  return [
    {
      claim: `refunds: rounds of ${parallel} at once of 60 % that give back what was captured at most`,
      value: wrong.length === 0 ? rounds : wrong.slice(0, 5).join('; '),
      goal: rounds,
      ok: wrong.length === 0,
      seed,
      ms: Math.round(performance.now() - begun),
    },
  ]
}
