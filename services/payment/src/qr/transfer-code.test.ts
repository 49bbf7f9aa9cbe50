import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { type Transfer, transferCode } from './transfer-code.ts'

const payee = {
  name: 'ООО «Контора»',
  account: '40702810900000000001',
  bankName: 'Банк ВТБ (ПАО)',
  bik: '044525187',
  correspondentAccount: '30101810700000000187',
  inn: '7736050003',
  kpp: '773601001',
}
const transfer: Transfer = { payee, amountKopecks: 1_220_000, purpose: 'Оплата по счету № 2026-000001' }

/** As a bank's reader takes it apart: the sign after the six of the header parts the fields. */
const read = (code: string): [header: string, fields: Map<string, string>] => {
  const [header = '', ...fields] = code.split(code.charAt(7))
  return [header, new Map(fields.map((field) => [/^[^=]*/.exec(field)![0], field.replace(/^[^=]*=/, '')]))]
}

test('a transfer is written with the required fields first, the sum in kopecks', () => {
  expect(transferCode(transfer)).toBe(
    'ST00012|Name=ООО «Контора»|PersonalAcc=40702810900000000001|BankName=Банк ВТБ (ПАО)|BIC=044525187|CorrespAcc=30101810700000000187|Sum=1220000|Purpose=Оплата по счету № 2026-000001|PayeeINN=7736050003|KPP=773601001',
  )
})

test('an entrepreneur has no КПП, and none is written', () => {
  const code = transferCode({ ...transfer, payee: { ...payee, inn: '500100732259', kpp: null } })
  expect(code).toEndWith('|PayeeINN=500100732259')
})

test.each([
  ['ООО «А|Б»', '~'],
  ['ООО «А|Б~В»', '_'],
  ['ООО |~_#$^&*/`@', '%'],
])('a name that holds the separator gets another one: %s', (name, separator) => {
  const code = transferCode({ ...transfer, payee: { ...payee, name } })
  expect(code).toStartWith(`ST00012${separator}Name=${name}${separator}PersonalAcc=`)
})

test('a name that holds every separator loses only that which parts the fields', () => {
  const code = transferCode({ ...transfer, payee: { ...payee, name: 'A|~_#$^&*/`@%' } })
  expect(read(code)[1].get('Name')).toBe('A ~_#$^&*/`@%')
  expect(read(code)[1].get('PersonalAcc')).toBe(payee.account)
})

test('the largest sum is written whole', () => {
  const code = transferCode({ ...transfer, amountKopecks: Number.MAX_SAFE_INTEGER })
  expect(code).toContain('|Sum=9007199254740991|')
})

test('whatever the words are, limits are kept and requisites whole', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const words = fc.string({ unit: 'grapheme', maxLength: 400 })
  fc.assert(
    fc.property(words, words, words, (name, bankName, purpose) => {
      const code = transferCode({ ...transfer, purpose, payee: { ...payee, name, bankName } })
      const [header, fields] = read(code)
      const required = ['Name', 'PersonalAcc', 'BankName', 'BIC', 'CorrespAcc']
      const block = required.map((field) => `|${field}=${fields.get(field)}`).join('')
      expect([header, [...fields.keys()].slice(0, 5)]).toEqual(['ST00012', required])
      expect(new TextEncoder().encode(block).length).toBeLessThanOrEqual(300)
      expect([...fields.get('Name')!].length).toBeLessThanOrEqual(160)
      expect([...fields.get('BankName')!].length).toBeLessThanOrEqual(45)
      expect([...fields.get('Purpose')!].length).toBeLessThanOrEqual(210)
      expect([fields.get('PersonalAcc'), fields.get('BIC'), fields.get('CorrespAcc')]).toEqual([
        payee.account,
        payee.bik,
        payee.correspondentAccount,
      ])
      expect(code.isWellFormed()).toBe(true)
    }),
    { seed, numRuns: 500 },
  )
})
