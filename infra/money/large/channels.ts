import { type Desk, type Faults, unlike } from './desk.ts'

type Channel = { way: 'card' | 'sbp'; name: string; mostKopecks: number }

/** As the bank's papers have them: СБП takes 1 000 000,00 ₽, the gateway's field twelve digits. */
const channels: Channel[] = [
  { way: 'sbp', name: 'СБП', mostKopecks: 100_000_000 },
  { way: 'card', name: 'ВТБ', mostKopecks: 999_999_999_999 },
]

const refused = async (desk: Desk, { way, name }: Channel, owed: number, part?: number): Promise<Faults> => {
  const made = await desk.story.invoice(owed)
  const before = await desk.written()
  const { status, json } = await desk.start(made, { way, ...(part && { amountKopecks: part }) })
  await desk.payment.run('start-attempts')
  const what = `${way} of ${part ?? owed}`
  return [
    ...unlike(what, [status, String(json.title ?? json.detail).includes(name)], [409, true]),
    ...unlike(`written by ${what}`, await desk.written(), before),
  ]
}

/** One kopeck above the limit nothing is written, here or at the bank, and the channel is named; at the limit it is paid. */
export const holdLimits = async (desk: Desk): Promise<Faults> => {
  const faults: Faults = []
  for (const channel of channels) {
    const { way, mostKopecks } = channel
    for (const owed of [mostKopecks + 1, Number.MAX_SAFE_INTEGER])
      faults.push(...(await refused(desk, channel, owed)))
    faults.push(...(await refused(desk, channel, Number.MAX_SAFE_INTEGER, mostKopecks + 1)))
    const made = await desk.story.invoice(mostKopecks)
    await desk.pay(made, way)
    const { state, paidKopecks } = await desk.seen(made)
    faults.push(...unlike(`${way} at its limit`, [state, paidKopecks], ['paid', mostKopecks]))
    faults.push(...unlike(`owed after ${way}`, await desk.balanceOf(`receivable:${made.userId}`), '0'))
  }
  return faults
}
