import { reconcileDay } from '../../../services/payment/src/reconciliation/reconcile-day.ts'
import { readStatementFile } from '../../../services/payment/src/statements/read-statement-file.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import { days, liveADay } from '../kopeck/live-a-day.ts'
import { plantKopeck } from '../kopeck/plants.ts'

const fullRounds = 300
const fullPayments = 60
const who = { id: 'proof' }

type Payment = Awaited<ReturnType<typeof liveADay>>

/** What the proofs of all days tell together. */
const differencesOf = async ({ resources, sql }: Payment): Promise<number> => {
  for (const day of days) await reconcileDay(resources, who, { day })
  const [open] = await sql<{ count: number }[]>`
    select count(*)::integer as count from differences where gone_at is null`
  return open?.count ?? 0
}

/** A kopeck in one sum of the bank's file itself: it is refused, for its own sums say otherwise. */
const takesWrongFile = async (payment: Payment, below: (most: number) => number): Promise<boolean> => {
  const given = await payment.bank.app.request(`http://sim.test/_sim/statement?day=${days[2]}`)
  const text = new TextDecoder('windows-1251').decode(await given.arrayBuffer())
  const sums = [
    ...text.matchAll(/(?:Сумма|НачальныйОстаток|ВсегоПоступило|ВсегоСписано|КонечныйОстаток)=\d+\.\d\d/g),
  ]
  const sum = sums[below(sums.length)]
  if (!sum) throw new Error('The statement has sums')
  const end = sum.index + sum[0].length
  const wrong = text.slice(0, end - 1) + ((Number(text[end - 1]) + 1) % 10) + text.slice(end)
  return readStatementFile(Uint8Array.from(new TextEncoder().encode(wrong))).then(
    () => true,
    () => false,
  )
}

/** Wherever one kopeck is wrong, at the bank or with us, the proof of the day says so; and it says nothing when none is. */
export const proveKopeck: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const { below } = seededRandom(seed)
  const rounds = Math.max(15, Math.round(fullRounds * size))
  const payment = await liveADay(Math.max(6, Math.round(fullPayments * size)), below)
  try {
    const before = await differencesOf(payment)
    const missed: string[] = []
    let left = 0
    let taken = 0
    for (let round = 1; round <= rounds; round++) {
      const plant = await plantKopeck(payment.ownerSql, below)
      if ((await differencesOf(payment)) === 0) missed.push(plant.what)
      await plant.take()
      left += await differencesOf(payment)
      if (await takesWrongFile(payment, below)) taken += 1
      if (round % 50 === 0) say(`${round} of ${rounds} kopecks planted`)
    }
    for (const what of missed.slice(0, 10)) say(`not found: in ${what}`)
    const claim = (name: string, value: number): Claim => {
      return { claim: `kopeck: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    return [
      claim('differences before any was planted', before),
      claim(`planted ones that were not found, of ${rounds}`, missed.length),
      claim('differences that stayed when it was taken away', left),
      claim(`statements with a wrong kopeck that were taken in, of ${rounds}`, taken),
    ]
  } finally {
    await payment.close()
  }
}
