import { createHmac } from 'node:crypto'
import type { World } from './mistake.ts'

type Pairs = Record<string, string>

/** Signed as the bank's papers say, apart from the service's code. */
export const signed = (pairs: Pairs, key = 'yourSecretToken'): string => {
  const text = Object.keys(pairs)
    .sort()
    .map((name) => `${name};${pairs[name]};`)
    .join('')
  const checksum = createHmac('sha256', key).update(text).digest('hex').toUpperCase()
  return new URLSearchParams({ ...pairs, checksum }).toString()
}

export const callback = async ({ payment }: World, query: string): Promise<number> =>
  (await payment.ask('GET', `/v1/vtb/callback?${query}`)).status

export const deposited = (mdOrder: string, more: Pairs = {}): Pairs => ({
  mdOrder,
  orderNumber: 'X',
  operation: 'deposited',
  status: '1',
  ...more,
})
