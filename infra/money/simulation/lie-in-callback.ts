import { checksum } from '../../simulators/vtb/checksum.ts'
import { callbackKey } from './bank.ts'
import type { Letter } from './wire.ts'

const lied = (text: string): string => {
  const { checksum: _, ...fields } = Object.fromEntries(new URLSearchParams(text))
  const told = {
    ...fields,
    operation: 'deposited',
    status: '1',
    amount: String(Number(fields.amount ?? 0) + 1),
  }
  return new URLSearchParams({ ...told, checksum: checksum(told, callbackKey) }).toString()
}

/** The bank itself says what is not so, under its own key: that an order was paid, and with another sum. */
export const lieInCallback = (letter: Letter): Letter => {
  if (letter.body !== undefined) return { ...letter, body: lied(letter.body) }
  const url = new URL(letter.url)
  url.search = lied(url.search)
  return { ...letter, url: url.href }
}
