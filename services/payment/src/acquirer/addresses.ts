import { BankFault } from './bank-fault.ts'

/** Where a payer is sent: no other scheme than the web's. */
export const payAddress = (address: string): string => {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new BankFault('unclear', 'form-url')
  return address
}

/** Only НСПК's own links are shown to a payer: anything else leads his bank application elsewhere. */
export const qrAddress = (payload: string | undefined): string => {
  if (!payload || !URL.canParse(payload)) throw new BankFault('unclear', 'qr-payload')
  const { protocol, host, username } = new URL(payload)
  if (protocol !== 'https:' || host !== 'qr.nspk.ru' || username !== '')
    throw new BankFault('unclear', 'qr-payload')
  return payload
}
