import type { Send } from '../../../services/payment/src/acquirer/guarded-calls.ts'
import { createVtbSimulator } from '../../simulators/vtb/create-vtb-simulator.ts'
import type { Order } from '../../simulators/vtb/order.ts'
import { listOrders } from '../../simulators/vtb/order-book.ts'
import { type SeededChance, strangersId } from './chance.ts'
import type { Answer, Fault } from './faults/fault.ts'
import type { AskStep } from './gated-sql.ts'

export const callbackKey = 'yourSecretToken'
export const access = { url: 'http://vtb.test', user: 'test-api', password: 'secret' }

type Options = {
  chance: SeededChance
  now: () => Date
  /** Takes the bank's own calls to us. */
  receive: (request: Request) => Promise<Response>
  /** The lie that the next call of this operation meets. */
  faultOf: (operation: string) => { name: string; fault: Fault } | undefined
  /** How long the bank takes, in virtual milliseconds. */
  tookMs: () => number
}

/** The bank with its own book and its own time, and the line to it, on which answers are late, lost or false. */
export const openBank = ({ chance, now, receive, faultOf, tookMs }: Options) => {
  const newId = () => strangersId(chance)
  const simulator = createVtbSimulator({ ...access, callbackKey, now, newId, fetch: receive, byHand: true })
  const { app, store, tick } = simulator
  const due = store.query<{ at: number | null }, []>(
    'select min(at) as at from (select min(next_at) as at from orders union all select min(due_at) from callbacks)',
  )

  const tell = async (path: string, body: object): Promise<{ status: number }> => {
    const headers = { 'content-type': 'application/json' }
    const { status } = await app.request(`http://sim.test/_sim/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    await tick()
    return { status }
  }

  const act = async (url: string, init: RequestInit | undefined): Promise<Answer> => {
    const response = await app.request(url, init)
    const answer = { status: response.status, text: await response.text() }
    await tick()
    return answer
  }

  /** Two steps: the bank acts, and its answer arrives; much may happen in between. */
  const line =
    (ask: AskStep, clock: { ms: number }): Send =>
    async (url, init) => {
      const operation = url.split('/payment/rest/')[1] ?? url
      const met = faultOf(operation)
      const label = met ? `${operation} (${met.name})` : operation
      const call = () => act(url, init)
      const answer = await ask({ label, run: () => (met ? met.fault.meet(call) : call()) })
      const readyAt = clock.ms + (met?.fault.tookMs ?? tookMs())
      await ask({ label: `answer of ${operation}`, readyAt, run: async () => said(answer) })
      if (!answer) throw new Error('No answer')
      return new Response(answer.text, { status: answer.status })
    }

  return {
    line,
    tick,
    nextAt: (): number | undefined => due.get()?.at ?? undefined,
    /** In a payer's place. */
    pay: (mdOrder: string, payment: object) => tell(`orders/${mdOrder}/pay`, payment),
    set: (settings: object) => tell('settings', settings),
    orders: (): Order[] => listOrders(store),
    close: () => simulator.close(),
  }
}
export type SimulatedBank = ReturnType<typeof openBank>

const said = (answer: Answer): string =>
  answer ? `${answer.status} ${answer.text.slice(0, 400)}` : 'nothing'
