import type { SeededChance } from '../chance.ts'
import type { Party } from '../schedule.ts'
import type { World } from '../world.ts'
import { type Actor, hourMs, minuteMs, operatorId } from './actor.ts'

type Shown = { state: string; mdOrder: string | null; payUrl: string | null; qrPayload: string | null }
type Way = 'card' | 'sbp'

const amountKopecks = (chance: SeededChance): number =>
  chance.pick([1, 99, 100_00, 1999, chance.between(1, 5_000_000), chance.between(1, 99_999_999), 100_000_001])

const draftOf = (userId: string, clockMs: number, chance: SeededChance): object => {
  const quantity = chance.pick([1, 1, 1, 3])
  const line = { title: 'Сопровождение', quantity, priceKopecks: amountKopecks(chance), discountKopecks: 0 }
  const timeMs = 5 * minuteMs + chance.below(chance.pick([hourMs, 30 * hourMs]))
  return {
    userId,
    lines: [{ ...line, vat: '22' }],
    capture: chance.happens(200) ? 'manual' : 'auto',
    ...(chance.happens(400) && { expiresAt: new Date(clockMs + timeMs).toISOString() }),
  }
}

/** An operator bills him, at once or by a draft. */
const bill = async (world: World, party: Party, chance: SeededChance) => {
  const userId = world.newId()
  const isDraft = chance.happens(200)
  const path = isDraft ? '/invoices/drafts' : '/invoices'
  const body = draftOf(userId, world.clock.ms, chance)
  const made = await world.request(party, { userId: operatorId, path, body })
  if (made?.status !== 201) return undefined
  const invoiceId = String(made.json.invoiceId)
  if (isDraft)
    await world.request(party, { userId: operatorId, path: `/invoices/${invoiceId}/issue`, body: {} })
  return { userId, invoiceId, billedKopecks: Number(made.json.amountKopecks) }
}

/** Looks at the screen until there is something to pay by. */
const untilShown = async (
  world: World,
  party: Party,
  attemptId: string,
  way: Way,
): Promise<string | undefined> => {
  for (const pauseMs of [1000, 3000, 10_000, 30_000, minuteMs, 4 * minuteMs, 10 * minuteMs, hourMs]) {
    await world.sleep(party, pauseMs)
    const [shown] = await world.peek<Shown[]>`
      select state, md_order, pay_url, qr_payload from attempts where id = ${attemptId}`
    if (shown?.mdOrder && (way === 'card' ? shown.payUrl : shown.qrPayload)) return shown.mdOrder
    if (shown && !['starting', 'unknown', 'open', 'held'].includes(shown.state)) return undefined
  }
  return undefined
}

/** The bank refuses what came too late; that is between it and the payer. */
const pay = (
  world: World,
  party: Party,
  mdOrder: string,
  payment: { way: Way; outcome?: string; delayMs?: number },
) =>
  world.act(party, `pays ${mdOrder} by ${payment.way} ${payment.outcome ?? ''}`, async () => {
    const { status } = await world.bank.pay(mdOrder, payment)
    return `the bank said ${status}`
  })

/** Goes away with the QR in his telephone, and pays it within three days. */
const payLate = (world: World, { name }: Party, mdOrder: string, chance: SeededChance): void =>
  world.spawn(`${name}-late`, chance.between(21 * minuteMs, 69 * hourMs), async (party) => {
    await pay(world, party, mdOrder, { way: 'sbp' })
  })

const atTheScreen = async (
  world: World,
  party: Party,
  chance: SeededChance,
  mdOrder: string,
  way: Way,
): Promise<void> => {
  await world.sleep(party, chance.below(chance.pick([minuteMs, 19 * minuteMs])))
  const choice = chance.below(100)
  if (choice < 50) await pay(world, party, mdOrder, { way })
  else if (choice < 65) await pay(world, party, mdOrder, { way, delayMs: chance.below(40 * minuteMs) })
  else if (choice < 75) await pay(world, party, mdOrder, { way, outcome: 'declined' })
  else if (choice < 90 && way === 'sbp') payLate(world, party, mdOrder, chance)
}

/** Pays at once, slowly, late, twice, after a refusal, or never. */
export const payer: Actor = {
  count: () => 9,
  beginsMs: (chance) => chance.below(3 * hourMs),
  play: async (world, party, chance) => {
    const own = await bill(world, party, chance)
    if (!own) return
    for (let visits = chance.pick([1, 1, 2, 3]); visits > 0; visits--) {
      const way = chance.pick(['card', 'sbp', 'sbp'] as const)
      const part = chance.happens(250) && { amountKopecks: Math.max(1, chance.below(own.billedKopecks)) }
      const path = `/invoices/${own.invoiceId}/attempts`
      const started = await world.request(party, { userId: own.userId, path, body: { way, ...part } })
      if (started?.status === 201) {
        const mdOrder = await untilShown(world, party, String(started.json.attemptId), way)
        if (mdOrder) await atTheScreen(world, party, chance, mdOrder, way)
      }
      await world.sleep(party, chance.below(chance.pick([minuteMs, hourMs])))
    }
  },
}
