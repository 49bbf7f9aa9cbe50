/** Where a transfer goes; `name` and `bankName` are as the payee's bank writes them. */
export type TransferPayee = {
  name: string
  account: string
  bankName: string
  bik: string
  correspondentAccount: string
  inn: string
  kpp: string | null
}

export type Transfer = { payee: TransferPayee; amountKopecks: number; purpose: string }

/** Characters, or of the required block bytes; see ГОСТ Р 56042-2014, tables 1 and 2. */
const most = { name: 160, bankName: 45, purpose: 210, requiredBytes: 300 }

/** In the order in which the standard's readers try them; no other may part the fields. */
const separators = ['|', '~', '_', '#', '$', '^', '&', '*', '/', '`', '@', '%']

/**
 * The text of a payment QR by ГОСТ Р 56042-2014, version 0001 in UTF-8 (`ST00012`): a banking application fills a transfer by
 * it. The sum is in kopecks. Names and purpose that are too long are cut, requisites never.
 */
export const transferCode = ({ payee, amountKopecks, purpose }: Transfer): string => {
  const required = requiredFields(payee)
  const others = [
    ['Sum', String(amountKopecks)],
    ['Purpose', cut(oneLine(purpose), most.purpose)],
    ['PayeeINN', payee.inn],
    ...(payee.kpp ? [['KPP', payee.kpp]] : []),
  ]
  const fields = [...required, ...others].map(([name, value]) => `${name}=${value}`)
  const separator = separators.find((sign) => !fields.some((field) => field.includes(sign)))
  // Twelve signs at once stand in no real name; if they do, the wording gives way and the requisites stay.
  const written = separator ? fields : fields.map((field) => field.replaceAll('|', ' '))
  return ['ST00012', ...written].join(separator ?? '|')
}

/** The five that must be there, in this order; what makes them too many bytes is the name. */
const requiredFields = (payee: TransferPayee): string[][] => {
  const fieldsWith = (name: string): string[][] => [
    ['Name', name],
    ['PersonalAcc', payee.account],
    ['BankName', cut(oneLine(payee.bankName), most.bankName)],
    ['BIC', payee.bik],
    ['CorrespAcc', payee.correspondentAccount],
  ]
  let name = cut(oneLine(payee.name), most.name)
  while (bytesOf(fieldsWith(name)) > most.requiredBytes) name = cut(name, [...name].length - 1)
  return fieldsWith(name)
}

const bytesOf = (fields: string[][]): number =>
  new TextEncoder().encode(fields.map(([name, value]) => `|${name}=${value}`).join('')).length

const oneLine = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()

/** By whole characters: half a pair of surrogates is no text. */
const cut = (text: string, length: number): string => [...text].slice(0, length).join('').trimEnd()
