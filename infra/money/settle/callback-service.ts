import { createJobs } from '@kontora/jobs'
import { createLog } from '@kontora/service'
import { jobs } from '../../../services/payment/src/jobs.ts'
import { openResources } from '../../../services/payment/src/resources.ts'
import { amountKopecks, orderNumberOf } from './fill-attempts.ts'

/** The payment service of this process, with a bank in the process that has every order of `fill-attempts.ts` as paid. */
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
export const resources = { ...opened, log: createLog('payment', opened.now, write) }

/** What a callback makes the service do. 1С, which a settlement wakes too, is another matter. */
const ofCallbacks = new Set(['ask-bank', 'send-refunds', 'move-holds'])
/** Only while it is measured: the other side's rows are due as well. */
export const startJobs = () => {
  const running = createJobs(
    resources,
    jobs.map((job) => (ofCallbacks.has(job.name) ? job : { ...job, run: async () => 0 })),
  )
  running.start()
  return running
}
