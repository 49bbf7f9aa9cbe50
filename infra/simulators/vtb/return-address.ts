import type { Order } from './order.ts'

/** The merchant's own address with the order appended: before a fragment, after whatever query it has. */
export const returnAddress = (address: string, { mdOrder, language }: Order): string => {
  const [beforeFragment = '', ...fragment] = address.split('#')
  const separator = beforeFragment.includes('?') ? (/[?&]$/.test(beforeFragment) ? '' : '&') : '?'
  const tail = fragment.length > 0 ? `#${fragment.join('#')}` : ''
  return `${beforeFragment}${separator}orderId=${mdOrder}&lang=${language}${tail}`
}
