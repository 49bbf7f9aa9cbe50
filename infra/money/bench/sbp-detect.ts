import { type Figure, median, percentile } from '../../stack/bench/figure.ts'
import { seededRandom } from '../../stack/prove/random.ts'
import type { Role } from '../kills/commands.ts'
import { openStand, type Stand } from '../kills/stand.ts'

const payers = 60
const lanes = 6
const goalMs = 3000
/** `POLL_FAST_MS` where nothing else is said. */
const pollFastMs = 2000
const shareOf: Role[] = ['payment-0', 'vtb', 'one-c', 'kafka-http']

type Json = Record<string, unknown>

const ask = async (url: string, token: string | undefined, body?: object): Promise<Json> => {
  const response = await fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }),
    },
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status}`)
  return (await response.json()) as Json
}

/** From the bank's word that it is paid to the service's word that it is settled, as the payer's screen asks for it. */
const detect = async (stand: Stand, lookMs: number): Promise<number> => {
  const service = stand.at('payment-0')
  const userId = crypto.randomUUID()
  const lines = [{ title: 'Услуга', quantity: 1, priceKopecks: 150_000, vat: '22' }]
  const invoice = await ask(`${service}/v1/invoices`, await stand.operatorToken(), { userId, lines })
  const token = await stand.tokenFor(userId)
  const begun = await ask(`${service}/v1/invoices/${invoice.invoiceId}/attempts`, token, { way: 'sbp' })
  const attempt = `${service}/v1/attempts/${begun.attemptId}`
  const shown = await ask(`${attempt}?wait=10`, token)
  if (!shown.qrPayload) throw new Error('No QR was shown')
  const [order] = await stand.payment.sql<{ mdOrder: string }[]>`
    select md_order from attempts where id = ${String(begun.attemptId)}`
  await Bun.sleep(lookMs)
  await ask(`${stand.at('vtb')}/_sim/orders/${order?.mdOrder}/pay`, undefined, {
    way: 'sbp',
    callback: 'lose',
  })
  const paid = performance.now()
  for (let state: unknown = 'open'; state !== 'settled'; )
    ({ state } = await ask(`${attempt}?wait=10&after=open`, token))
  return performance.now() - paid
}

/** A QR on the screen is paid at a moment that nobody chose, and the bank's callback never comes. */
export const benchSbpDetect = async (tell: (line: string) => void): Promise<Figure[]> => {
  const seed = Math.floor(Math.random() * 1_000_000)
  const random = seededRandom(seed)
  tell(`seed ${seed}`)
  const stand = await openStand(seed, true, shareOf)
  const times: number[] = []
  let left = payers
  const lane = async (): Promise<void> => {
    while (left-- > 0) times.push(await detect(stand, random.below(6000)))
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
    const [callbacks] = await stand.payment.sql<
      { count: number }[]
    >`select count(*) as count from bank_callbacks`
    const value = Math.round(median(times))
    const worst = percentile(times, 0.99)
    tell(`median ${value} ms, p99 ${worst.toFixed(0)} ms, ${callbacks?.count} callbacks`)
    const ratio = Number((value / pollFastMs).toFixed(2))
    const ok = value < goalMs && times.length === payers && callbacks?.count === 0
    const against = 'the time between two questions to the bank'
    return [{ figure: 'sbp-detect', value, unit: 'ms', against, ratio, goal: goalMs, ok }]
  } finally {
    await stand.close()
  }
}
