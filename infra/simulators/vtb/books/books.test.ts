import { expect, test } from 'bun:test'
import { startBank } from '../start-bank.ts'

const dayMs = 86_400_000
const open = () => {
  const bank = startBank({ account: '40702810300000000001' })
  const statement = async (day: string): Promise<string> => {
    const answer = await bank.outside(`statement?day=${day}`)
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=windows-1251')
    return new TextDecoder('windows-1251').decode(await answer.arrayBuffer())
  }
  const registry = async (day: string): Promise<string[][]> =>
    (await (await bank.outside(`registry?day=${day}`)).text())
      .trim()
      .split('\r\n')
      .map((row) => row.split(';'))
  return { ...bank, statement, registry }
}

test('the registry of a day has each payment and refund with what the bank keeps, and is paid on the next', async () => {
  const { register, pay, call, wait, registry, statement } = open()
  const card = await register({ orderNumber: 'A-1', amount: '100000' })
  await pay(card)
  await pay(await register({ orderNumber: 'A-2', amount: '33333' }), { way: 'sbp' })
  await call('refund.do', { orderId: card, amount: '40000', externalRefundId: 'R-1' })
  await register({ orderNumber: 'A-3', amount: '100' })
  expect((await registry('2026-11-23')).slice(1)).toEqual([
    ['Оплата', 'A-1', '', '23.11.2026', '1000,00', '15,00', '985,00', '20261123', '24.11.2026', 'Карта'],
    ['Возврат', 'A-1', 'R-1', '23.11.2026', '400,00', '0,00', '-400,00', '20261123', '24.11.2026', 'Карта'],
    ['Оплата', 'A-2', '', '23.11.2026', '333,33', '2,33', '331,00', '20261123', '24.11.2026', 'СБП'],
  ])
  expect(await registry('2026-11-24')).toHaveLength(1)
  await wait(dayMs)
  expect(await statement('2026-11-23')).not.toContain('СекцияДокумент')
  const text = await statement('2026-11-24')
  for (const line of [
    'ВсегоПоступило=916.00',
    'КонечныйОстаток=100916.00',
    'Сумма=916.00',
    'ДатаПоступило=24.11.2026',
    'ВидОплаты=17',
    'НазначениеПлатежа=Возмещение по операциям эквайринга за 23.11.2026, реестр 20261123, операций 3 на сумму 933.33, комиссия 17.33, НДС не облагается',
    'КонецФайла',
  ])
    expect(text.split('\r\n')).toContain(line)
})

test('what is given back beyond what was taken is taken from the account', async () => {
  const { register, pay, call, wait, statement } = open()
  const order = await register({ amount: '100000' })
  await pay(order)
  await wait(dayMs)
  await call('refund.do', { orderId: order, amount: '100000' })
  await wait(dayMs)
  const text = await statement('2026-11-25')
  expect(text).toContain('НачальныйОстаток=100985.00')
  expect(text).toContain('ВсегоСписано=1000.00')
  expect(text).toContain('КонечныйОстаток=99985.00')
})

test('money that comes past the gateway stands on the statement of its day', async () => {
  const { outside, statement } = open()
  const planted = await outside('transfers', {
    amount: 1_220_000,
    purpose: 'Оплата по счёту № 1 “срочно”',
    day: '2026-11-20',
  })
  expect(planted.status).toBe(201)
  await outside('transfers', { amount: 100, purpose: 'Комиссия', direction: 'out' })
  const text = await statement('2026-11-20')
  expect(text).toContain('НазначениеПлатежа=Оплата по счёту № 1 “срочно”')
  expect(text).toContain('КонечныйОстаток=112200.00')
  expect(await statement('2026-11-23')).toContain('КонечныйОстаток=112199.00')
  expect((await outside('transfers', { amount: 1.5, purpose: '' })).status).toBe(400)
  expect((await outside('statement?day=x')).status).toBe(400)
  expect((await outside('registry?day=x')).status).toBe(400)
})
