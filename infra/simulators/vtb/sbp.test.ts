import { expect, test } from 'bun:test'
import { crc16 } from './payload-url.ts'
import { startBank } from './start-bank.ts'

const get = 'sbp/c2b/qr/dynamic/get.do'
const state = 'sbp/c2b/qr/status.do'
const reject = 'sbp/c2b/qr/dynamic/reject.do'

test('a QR is issued once, paid, and its order shows the way', async () => {
  const { register, call, status, pay } = startBank()
  const mdOrder = await register()
  const qr = await call(get, { mdOrder, qrHeight: '300', qrWidth: '300' })
  expect(qr.qrStatus).toBe('STARTED')
  expect(qr.qrId).toMatch(/^AD[0-9A-V]{30}$/)
  const payload = String(qr.payload)
  expect(payload).toStartWith(`https://qr.nspk.ru/${qr.qrId}?type=02&bank=`)
  expect(payload).toContain('&sum=123456&cur=RUB&crc=')
  expect(payload.slice(-4)).toBe(crc16(payload.slice(0, -9)))
  expect(await call(get, { mdOrder })).toEqual(qr)
  const qrId = String(qr.qrId)
  expect(await call(state, { mdOrder, qrId })).toMatchObject({
    qrStatus: 'STARTED',
    qrType: 'DYNAMIC',
    transactionState: 'CREATED',
  })
  await pay(mdOrder, { way: 'sbp' })
  expect(await call(state, { mdOrder })).toMatchObject({
    qrStatus: 'ACCEPTED',
    transactionState: 'DEPOSITED',
  })
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 2, paymentWay: 'SBP_C2B' })
  expect(await call(get, { mdOrder })).not.toHaveProperty('payload')
})

test('a payment that takes its time is confirmed first, and cannot be taken back', async () => {
  const { register, call, pay, status, wait } = startBank()
  const mdOrder = await register()
  const { qrId } = await call(get, { mdOrder })
  await pay(mdOrder, { way: 'sbp', delayMs: 5_000 })
  expect(await call(state, { mdOrder })).toMatchObject({ qrStatus: 'CONFIRMED', transactionState: 'CREATED' })
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 0, actionCode: -30001 })
  expect(await call(reject, { mdOrder, qrId: String(qrId) })).toMatchObject({ rejected: false })
  await wait(5_000)
  expect(await status(mdOrder)).toMatchObject({ orderStatus: 2 })
})

test('a rejected QR takes no payment, and the order gets a new one', async () => {
  const { register, call, outside } = startBank()
  const mdOrder = await register()
  const qrId = String((await call(get, { mdOrder })).qrId)
  expect(await call(reject, { mdOrder, qrId })).toMatchObject({ rejected: true })
  expect(await call(reject, { mdOrder, qrId })).toMatchObject({ rejected: false })
  expect(await call(state, { mdOrder, qrId })).toMatchObject({ qrStatus: 'REJECTED_BY_USER' })
  expect((await outside(`orders/${mdOrder}/pay`, { way: 'sbp' })).status).toBe(409)
  expect((await call(get, { mdOrder })).qrId).not.toBe(qrId)
})

test('a QR outlives its order, so that the money comes late, unless a setting says that it does not', async () => {
  const { register, call, pay, set, status, wait, outside, operations } = startBank()
  const late = await register({ sessionTimeoutSecs: '60' })
  await call(get, { mdOrder: late })
  await wait(60_000)
  expect(await call(state, { mdOrder: late })).toMatchObject({
    qrStatus: 'STARTED',
    transactionState: 'DECLINED',
  })
  await pay(late, { way: 'sbp' })
  expect(await status(late)).toMatchObject({ orderStatus: 2, paymentAmountInfo: { depositedAmount: 123456 } })
  await set({ qrOutlivesSession: false })
  const dead = await register({ orderNumber: 'INV-43', sessionTimeoutSecs: '60' })
  await call(get, { mdOrder: dead })
  await wait(60_000)
  expect(await call(state, { mdOrder: dead })).toMatchObject({ qrStatus: 'REJECTED' })
  expect((await outside(`orders/${dead}/pay`, { way: 'sbp' })).status).toBe(409)
  expect(operations()).toEqual(['declinedByTimeout 1', 'deposited 1', 'declinedByTimeout 1'])
})

test('a declined payment ends its QR', async () => {
  const { register, call, pay } = startBank()
  const mdOrder = await register()
  await call(get, { mdOrder })
  await pay(mdOrder, { way: 'sbp', outcome: 'declined' })
  expect(await call(state, { mdOrder })).toMatchObject({ qrStatus: 'REJECTED', transactionState: 'DECLINED' })
})

test('the state stands under the other name where a setting says so', async () => {
  const { register, call, set } = startBank()
  await set({ qrStateField: 'status' })
  expect(await call(get, { mdOrder: await register() })).toMatchObject({ status: 'STARTED' })
})

test('no QR is issued for an unknown, a held, a declined or a too large order, nor of a size out of range', async () => {
  const { register, call } = startBank()
  expect(await call(get, {})).toMatchObject({ errorCode: '4' })
  expect(await call(get, { mdOrder: crypto.randomUUID() })).toMatchObject({ errorCode: '6' })
  const mdOrder = await register()
  expect(await call(state, { mdOrder })).toMatchObject({ errorCode: '6' })
  expect(await call(reject, { mdOrder, qrId: 'none' })).toMatchObject({ errorCode: '6' })
  expect(await call(get, { mdOrder, qrHeight: '9' })).toMatchObject({ errorCode: '5' })
  await call('decline.do', { orderId: mdOrder, orderNumber: 'INV-000042' })
  expect(await call(get, { mdOrder })).toMatchObject({ errorCode: '7' })
  const held = await register({ orderNumber: 'INV-43' }, 'registerPreAuth.do')
  expect(await call(get, { mdOrder: held })).toMatchObject({ errorCode: '7' })
  const large = await register({ orderNumber: 'INV-44', amount: '100000001' })
  expect(await call(get, { mdOrder: large })).toMatchObject({ errorCode: '5' })
})
