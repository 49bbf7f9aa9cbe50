import type { Fault } from './fault.ts'

type Status = { amount: number; orderNumber: string; currency: string }

/** The bank's answer about an order, with something in it that is not so. */
const lying = (lie: (status: Status) => object): Fault => ({
  perMille: 2,
  operations: /^getOrderStatusExtended\.do$/,
  meet: async (act) => {
    const answer = await act()
    if (!answer?.text.includes('orderNumber')) return answer
    const status = JSON.parse(answer.text) as Status
    return { ...answer, text: JSON.stringify({ ...status, ...lie(status) }) }
  },
})

export const wrongAmount = lying(({ amount }) => ({ amount: amount + 1 }))
export const wrongCurrency = lying(() => ({ currency: '840' }))
export const foreignNumber = lying(({ orderNumber }) => ({ orderNumber: `${orderNumber.slice(0, -1)}!` }))
