import { connect } from '../../packages/postgres/index.ts'
import { embedded } from '../stack/local-settings.ts'
import { databaseUrls } from '../stack/parts/service-env.ts'
import { readSecrets } from '../stack/secrets.ts'
import { type BankOrder, bankOrders } from '../stack/story/payments.ts'
import { eventually } from '../stack/story/world.ts'
import type { Stand } from './stand.ts'

/** An invoice and the address at which whoever has it pays. */
export type Bill = { invoiceId: string; number: string; amountKopecks: number; link: string }

const lines = [
  {
    title: 'Сопровождение бухгалтерии, ноябрь',
    quantity: 1,
    priceKopecks: 1_500_000,
    discountKopecks: 150_000,
    vat: '22',
  },
  { title: 'Выезд специалиста', quantity: 2, priceKopecks: 125_050, vat: 'none' },
]

/** Bills for one payer, and the bank's side of them. */
export const openPayers = async ({ world, member, administrator }: Stand) => {
  const [payer, clerk] = [await member(), await administrator()]

  const bill = async (more: object = {}): Promise<Bill> => {
    const body = { userId: payer.userId, lines, dueOn: '2027-12-31', ...more }
    const issued = await world.post<Omit<Bill, 'link'>>('/payment/v1/invoices', { token: clerk.token, body })
    const { url } = await world.post<{ url: string }>(`/payment/v1/invoices/${issued.invoiceId}/link`, {
      token: clerk.token,
    })
    return { ...issued, link: url }
  }

  const orderOf = ({ number }: Bill): Promise<BankOrder> =>
    eventually(world, 'the bank has the order', async () =>
      (await bankOrders(world)).find(({ description }) => description?.includes(number)),
    )

  const payAtBank = async (one: Bill, choice: object): Promise<void> => {
    const { mdOrder } = await orderOf(one)
    await world.post(world.at('vtb', `/_sim/orders/${mdOrder}/pay`), { body: choice })
  }

  return {
    ...{ payer, clerk, bill, orderOf, payAtBank },
    cancel: ({ invoiceId }: Bill) =>
      world.post(`/payment/v1/invoices/${invoiceId}/cancel`, { token: clerk.token }),
    breakBank: (kind: string, operation: string, more: object = {}) =>
      world.post(world.at('vtb', '/_sim/faults'), { body: { faults: [{ operation, kind, ...more }] } }),
    mendBank: () => fetch(world.at('vtb', '/_sim/faults'), { method: 'DELETE' }),
    /** What no partner of ours does on demand: the attempt is put into this state. */
    putAttempt: async ({ invoiceId }: Bill, state: string): Promise<void> => {
      const secrets = await readSecrets(world.place)
      const sql = connect(databaseUrls(embedded(world.place), 'payment', secrets).owner, { max: 1 })
      try {
        await sql`
          update attempts set state = ${state}, ask_at = null, start_at = null where invoice_id = ${invoiceId}`
      } finally {
        await sql.end()
      }
    },
  }
}
export type Payers = Awaited<ReturnType<typeof openPayers>>
