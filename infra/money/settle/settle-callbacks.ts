import { createJobs } from '@kontora/jobs'
import { createLog } from '@kontora/service'
import { app } from '../../../services/payment/src/app.ts'
import { jobs } from '../../../services/payment/src/jobs.ts'
import { openResources } from '../../../services/payment/src/resources.ts'
import { hearWords, say } from '../../backbone/outbox/child.ts'
import { checksum } from '../../simulators/vtb/checksum.ts'
import { words } from '../payment-settings.ts'
import { amountKopecks, mdOrderOf, orderNumberOf } from './fill-attempts.ts'

/** `settle <first> <count>`: so many callbacks come in, and the job asks the bank, which answers in this process. */
const callers = 32

const orderAsTheBankHasIt = (mdOrder: string) => {
  const number = Number(mdOrder.slice(-12))
  return {
    errorCode: '0',
    orderNumber: orderNumberOf(number),
    orderStatus: 2,
    actionCode: 0,
    amount: amountKopecks,
    currency: '643',
    paymentWay: 'CARD',
    paymentAmountInfo: { depositedAmount: amountKopecks, approvedAmount: amountKopecks, refundedAmount: 0 },
    refunds: [],
  }
}
const bank = async (_: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const mdOrder = new URLSearchParams(String(init?.body)).get('orderId') ?? ''
  return Response.json(orderAsTheBankHasIt(mdOrder))
}
globalThis.fetch = bank as typeof fetch

const opened = openResources(process.env)
/** Each line is made, as in production, and only what is wrong is printed. */
const write = (line: string): void => {
  if (!line.includes('"level":"info"')) console.error(line)
}
const resources = { ...opened, log: createLog('payment', opened.now, write) }
const { sql } = resources

const queryOf = (number: number): string => {
  const parameters = {
    mdOrder: mdOrderOf(number),
    orderNumber: orderNumberOf(number),
    operation: 'deposited',
    status: '1',
    callbackCreationDate: 'Mon Nov 23 12:00:00 MSK 2026',
  }
  const signed = { ...parameters, checksum: checksum(parameters, words.callbacks) }
  return new URLSearchParams(signed).toString()
}

const isAsking = async (): Promise<boolean> =>
  (await sql`select 1 from attempts where ask_at is not null limit 1`).length > 0

/** What a callback makes the service do. 1С, which a settlement wakes too, is another matter. */
const ofCallbacks = new Set(['ask-bank', 'send-refunds', 'move-holds'])
/** Only while it is measured: the other side's rows are due as well. */
const startJobs = () => {
  const running = createJobs(
    resources,
    jobs.map((job) => (ofCallbacks.has(job.name) ? job : { ...job, run: async () => 0 })),
  )
  running.start()
  return running
}

const settle = async (first: number, count: number): Promise<number> => {
  const queries = Array.from({ length: count }, (_, i) => queryOf(first + i))
  const running = startJobs()
  const begun = performance.now()
  const call = async (): Promise<void> => {
    for (let query = queries.pop(); query; query = queries.pop()) {
      const answer = await app.request(`http://payment.test/v1/vtb/callback?${query}`, undefined, resources)
      if (answer.status !== 200) throw new Error(`A callback was answered ${answer.status}`)
    }
  }
  await Promise.all(Array.from({ length: callers }, call))
  while (await isAsking()) await Bun.sleep(5)
  const ms = performance.now() - begun
  await running.stop()
  return ms
}

await sql`select 1`
say('ready')
await hearWords(async (word) => {
  const [, first, count] = word.split(' ')
  say('settled', { ms: await settle(Number(first), Number(count)) })
})
