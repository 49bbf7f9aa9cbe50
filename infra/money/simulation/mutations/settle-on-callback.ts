import { transaction } from '@kontora/postgres'
import { lockAttempt } from '../../../../services/payment/src/attempts/lock-attempt.ts'
import { settleAttempt } from '../../../../services/payment/src/attempts/settle-attempt.ts'
import type { Resources } from '../../../../services/payment/src/resources.ts'
import type { Mutation } from './mutation.ts'

const settle = ({ sql, ...resources }: Resources, orderNumber: string): Promise<void> =>
  transaction(sql, async (tx) => {
    const [known] = await tx<{ id: string }[]>`select id from attempts where order_number = ${orderNumber}`
    const attempt = known && (await lockAttempt(tx, known.id))
    if (attempt?.state === 'open')
      await settleAttempt(tx, { sql, ...resources }, attempt, {
        way: 'card',
        capturedKopecks: attempt.amountKopecks,
      })
  })

/** "The bank has called and its checksum is right, so it is paid." */
export const settleOnCallback: Mutation = (verbs) => ({
  ...verbs,
  receiveCallback: async (resources, request) => {
    const said = new URLSearchParams(
      request.method === 'GET' ? new URL(request.url).search : await request.clone().text(),
    )
    const response = await verbs.receiveCallback(resources, request)
    if (response.status === 200 && said.get('operation') === 'deposited' && said.get('status') === '1')
      await settle(resources, said.get('orderNumber') ?? '')
    return response
  },
})
