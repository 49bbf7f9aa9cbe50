import type { Acquirer, OpenedOrder } from '../../../services/payment/src/acquirer/acquirer.ts'
import { registerAttempts } from '../../../services/payment/src/attempts/register-attempts.ts'
import type { TestPayment } from '../../../services/payment/src/testing.node.ts'
import type { storyOf } from '../../../services/payment/src/testing-story.node.ts'
import { checksum } from '../../simulators/vtb/checksum.ts'
import { withBank } from '../with-bank.ts'

type Story = ReturnType<typeof storyOf>
export type Stand = { payment: TestPayment; story: Story }

/** As `openTestPayment` is set up. */
const callbackKey = 'yourSecretToken'
export const paidKopecks = 1_220_000
export const refundedKopecks = 400_000
/** What has ended is asked about every quarter of an hour. */
const afterEndMs = 16 * 60_000

/** A payment whose order the bank has registered, while the answer of that is still on its way. */
export const beginPayment = async ({ payment, story }: Stand) => {
  const { resources } = payment
  const { invoiceId, token } = await story.invoice(paidKopecks)
  const path = `/v1/invoices/${invoiceId}/attempts`
  const { json } = await payment.ask('POST', path, { token, body: { way: 'sbp' } })
  const attemptId = String(json.attemptId)
  const answer = Promise.withResolvers<void>()
  const acted = Promise.withResolvers<OpenedOrder>()
  const rbs = resources.acquirers.of('rbs')
  const register: Acquirer['register'] = async (order) => {
    const registered = await rbs.register(order)
    acted.resolve(registered)
    await answer.promise
    return registered
  }
  const registering = registerAttempts(withBank(resources, { register }))
  const { bankId: mdOrder } = await acted.promise
  const orderNumber = String((await story.attemptOf(attemptId)).orderNumber)
  const refundKey = crypto.randomUUID()

  return {
    invoiceId,
    attemptId,
    mdOrder,
    orderNumber,
    /** The answer arrives. */
    registered: async () => {
      answer.resolve()
      await registering
    },
    /** The bank calls; the same words are the same call. */
    callback: async (operation: string) => {
      const said = { mdOrder, orderNumber, operation, status: '1' }
      const query = new URLSearchParams({ ...said, checksum: checksum(said, callbackKey) })
      await payment.ask('GET', `/v1/vtb/callback?${query}`)
    },
    poll: async () => {
      await payment.advance(2500)
      await payment.run('ask-bank')
    },
    /** The payer's browser comes back and looks. */
    comeBack: async () => {
      await payment.ask('GET', `/v1/attempts/${attemptId}`, {
        token: await payment.tokenFor(String(await ownerOf(payment, invoiceId))),
      })
    },
    /** An operator wants a part given back, as soon as it can be. */
    wantRefund: async () => {
      const body = { attemptId, amountKopecks: refundedKopecks, reason: 'Возврат' }
      const operator = await story.operator()
      await payment.ask('POST', '/v1/refunds', { token: operator, body, idempotencyKey: refundKey })
    },
    /** Until nothing of it is due. */
    rest: async () => {
      for (const ms of [3000, 3000, afterEndMs, 3000]) {
        await payment.advance(ms)
        await payment.run('ask-bank', 'send-refunds', 'start-attempts')
      }
    },
  }
}
export type BegunPayment = Awaited<ReturnType<typeof beginPayment>>

const ownerOf = async ({ sql }: TestPayment, invoiceId: string): Promise<string> => {
  const [invoice] = await sql<{ userId: string }[]>`select user_id from invoices where id = ${invoiceId}`
  return invoice?.userId ?? ''
}
