import { checksum } from '../../simulators/vtb/checksum.ts'
import { words } from '../payment-settings.ts'
import { mdOrderOf, orderNumberOf } from './fill-attempts.ts'

/** A callback of the bank for the order of this number, signed as the bank does. */
export const queryOf = (number: number): string => {
  const parameters = {
    mdOrder: mdOrderOf(number),
    orderNumber: orderNumberOf(number),
    operation: 'deposited',
    status: '1',
    callbackCreationDate: 'Mon Nov 23 12:00:00 MSK 2026',
  }
  const signed = { ...parameters, checksum: checksum(parameters, words.callbacks) }
  return new URLSearchParams(signed).toString()
}
