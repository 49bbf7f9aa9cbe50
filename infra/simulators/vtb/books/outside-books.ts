import type { Context } from 'hono'
import * as v from 'valibot'
import type { Simulator } from '../../frame/simulator.ts'
import type { Bank } from '../bank.ts'
import { listOrders } from '../order-book.ts'
import { settleDue } from '../settle-due.ts'
import { accountLines, PlantedTransfer, plantTransfer, prepareAccount } from './account-lines.ts'
import { bankDay } from './day.ts'
import { registriesOf } from './operations.ts'
import { writeRegistry } from './write-registry.ts'
import { inWindows1251, writeStatement } from './write-statement.ts'

const DayAsked = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/))

const dayOf = (c: Context, bank: Bank): string | undefined => {
  const day = v.safeParse(DayAsked, c.req.query('day') ?? bankDay(bank.now()))
  return day.success ? day.output : undefined
}

/**
 * What the bank gives of its own accord: `GET /_sim/statement?day=`, `GET /_sim/registry?day=`. Money that came past all
 * acquiring is planted by `POST /_sim/transfers`.
 */
export const addBooks = ({ app, store }: Simulator, bank: Bank, account: string): void => {
  prepareAccount(store)
  const registries = () => {
    settleDue(bank)
    const { cardCommission, sbpCommission } = bank.settings()
    return registriesOf(listOrders(store), { card: cardCommission, sbp: sbpCommission })
  }
  app.post('/_sim/transfers', async (c) => {
    const body = v.safeParse(PlantedTransfer, await c.req.json().catch(() => null))
    if (!body.success) return c.json({ error: 'amount, purpose, day?, direction?, party…?' }, 400)
    plantTransfer(store, { ...body.output, day: body.output.day ?? bankDay(bank.now()) })
    return c.json(body.output, 201)
  })
  app.get('/_sim/statement', (c) => {
    const day = dayOf(c, bank)
    if (!day) return c.json({ error: 'day: 2026-11-23' }, 400)
    const lines = accountLines(store, registries(), day)
    const before = lines.filter((line) => line.day < day)
    const openingKopecks = before.reduce(
      (sum, { direction, amountKopecks }) => sum + (direction === 'in' ? amountKopecks : -amountKopecks),
      bank.settings().accountKopecks,
    )
    const madeAt = new Date(bank.now())
    const text = writeStatement({
      account,
      day,
      openingKopecks,
      lines: lines.filter((line) => line.day === day),
      madeAt,
    })
    return c.body(inWindows1251(text), 200, { 'content-type': 'text/plain; charset=windows-1251' })
  })
  app.get('/_sim/registry', (c) => {
    const day = dayOf(c, bank)
    if (!day) return c.json({ error: 'day: 2026-11-23' }, 400)
    return c.text(writeRegistry(registries().find((registry) => registry.day === day)))
  })
}
