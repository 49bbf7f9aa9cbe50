import { parseInput } from '@kontora/service'
import type { Commands, WithDatabase } from '../operator.ts'
import { PaymentKey } from './payment.ts'
import { readPayment } from './read-payment.ts'
import { tellPayment } from './tell-payment.ts'

const takes = '<id or number>'

export const paymentCommands = (withDatabase: WithDatabase): Commands => {
  const read = (text: string | undefined) =>
    withDatabase((sql) => readPayment(sql, parseInput(PaymentKey, text, 'id or number')))
  return {
    'payment show': {
      about:
        'everything of one payment, as JSON: by its invoice, an attempt or a refund, ours or the bank’s number',
      takes,
      run: async (text) => JSON.stringify(await read(text), null, 2),
    },
    'payment history': {
      about: 'the same, a line for each thing that happened',
      takes,
      run: async (text) => tellPayment(await read(text)),
    },
  }
}
