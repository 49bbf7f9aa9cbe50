import { takeFault } from '../frame/faults.ts'
import type { Bank } from './bank.ts'
import { type Callback, type CallbackAnswer, settleCallback } from './callbacks.ts'
import { journalCallback, type Line, sendCallback, signed } from './send-callback.ts'

export type Delivery = Pick<Line, 'fetch'> & { key: string; stopped: () => boolean }

const mostFailures = 3

/** One attempt, or two at once where a duplicate is wanted. Exactly 200 ends it; three failures in a row give it up. */
export const deliverCallback = async (bank: Bank, delivery: Delivery, callback: Callback): Promise<void> => {
  const { callbackMethod: method, callbackRetryMs } = bank.settings()
  const statuses = await attempt(bank, { ...delivery, method }, callback, delivery.key)
  // A process that stops in the middle leaves the row due, and the next one sends it again.
  if (delivery.stopped()) return
  const at = new Date(bank.now()).toISOString()
  const answers = statuses.map((status): CallbackAnswer => ({ at, status }))
  const settled = statuses.some((status) => status === 200 || status === 'lost')
  const failures = callback.answers.length + answers.length
  bank.store.transaction(() => {
    const again = settled || failures >= mostFailures ? null : bank.now() + callbackRetryMs
    settleCallback(bank.store, callback, answers, again)
    for (const status of statuses) journal(bank, method, callback, status)
  })()
}

const attempt = async (
  { store }: Bank,
  line: Line,
  { url, parameters, fate, answers }: Callback,
  key: string,
): Promise<(number | 'lost')[]> => {
  const fault = takeFault(store, 'callback', ['lost-callback', 'duplicate-callback'])
  if (fault?.kind === 'lost-callback' || fate === 'lose') return ['lost']
  const send = () => sendCallback(line, url, signed(parameters, key))
  const twice = fault?.kind === 'duplicate-callback' || (fate === 'duplicate' && answers.length === 0)
  return twice ? [await send(), await send()] : [await send()]
}

const journal = (
  { store }: Bank,
  method: string,
  { mdOrder, url, parameters }: Callback,
  status: number | 'lost',
): void =>
  journalCallback(store, {
    method,
    url,
    status: status === 'lost' ? 0 : status,
    details: {
      mdOrder,
      orderNumber: parameters.orderNumber,
      operation: parameters.operation,
      succeeded: parameters.status === '1',
      ...(status === 'lost' && { lost: true }),
    },
  })
