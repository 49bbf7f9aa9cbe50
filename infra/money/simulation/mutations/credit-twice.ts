import { transaction } from '@kontora/postgres'
import { book } from '../../../../services/payment/src/ledger/book.ts'
import type { Mutation } from './mutation.ts'

type Paid = { id: string; userId: string; amountKopecks: number }

/** "The callback came again, so we were not heard: credit it once more", under an id of its own. */
export const creditTwice: Mutation = (verbs) => ({
  ...verbs,
  receiveCallback: async (resources, request) => {
    const { sql, newId } = resources
    const number = new URL(request.url).searchParams.get('orderNumber') ?? ''
    const [paid] = await sql<Paid[]>`
      select id, user_id, amount_kopecks from attempts where order_number = ${number} and state = 'settled'`
    const response = await verbs.receiveCallback(resources, request)
    if (paid && response.status === 200)
      await transaction(sql, (tx) =>
        book(tx, resources, { kind: 'attempt-settled', sourceId: newId(), ...{ ...paid, id: undefined } }),
      )
    return response
  },
})
