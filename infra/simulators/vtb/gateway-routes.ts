import type { Context } from 'hono'
import type { Env, Simulator } from '../frame/simulator.ts'
import type { Bank } from './bank.ts'
import { type Operation, operations } from './operations.ts'
import { type Form, mandatory, readForm, refuseMarkup } from './read-form.ts'
import { Refusal, refusalAnswer } from './refusal.ts'
import { settleDue } from './settle-due.ts'

export const gatewayPath = '/payment/rest/'

type Gateway = { user: string; password: string; wake: () => void }

/** Form in, JSON out, 200 whatever the answer says; what is no operation is 404. */
export const addGatewayRoutes = ({ app }: Simulator, bank: Bank, gateway: Gateway): void => {
  for (const [name, operation] of Object.entries(operations))
    app.post(`${gatewayPath}${name}`, async (c) => {
      const form = await readForm(c)
      const answer = act(c, bank, gateway, form, operation)
      c.set('journal', { ...told(form), ...outcome(answer) })
      gateway.wake()
      return c.json(answer)
    })
}

/** Committed before the answer leaves, so that a lost answer leaves its work done. */
const act = (c: Context<Env>, bank: Bank, gateway: Gateway, form: Form, operation: Operation): object => {
  const publicUrl = (bank.settings().publicUrl ?? new URL(c.req.url).origin).replace(/\/$/, '')
  try {
    checkCaller(form, gateway)
    refuseMarkup(form)
    settleDue(bank)
    return bank.store.transaction(() => operation(bank, form, publicUrl))()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refusalAnswer(error)
  }
}

const checkCaller = (form: Form, { user, password }: Gateway): void => {
  const given = [mandatory(form, 'userName', 100), mandatory(form, 'password', 200)]
  if (form.has('token') || given[0] !== user || given[1] !== password) throw new Refusal('value')
}

const journalled = [
  'orderNumber',
  'orderId',
  'mdOrder',
  'amount',
  'externalRefundId',
  'expectedDepositedAmount',
]

const told = (form: Form): object =>
  Object.fromEntries([...form].filter(([name]) => journalled.includes(name)))

const outcome = (answer: object): object => ({
  errorCode: 'errorCode' in answer ? answer.errorCode : '0',
  ...('orderId' in answer && { orderId: answer.orderId }),
})
