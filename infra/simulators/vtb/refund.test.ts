import { expect, test } from 'bun:test'
import { startBank } from './start-bank.ts'

const startPaid = async () => {
  const bank = startBank()
  const orderId = await bank.register()
  await bank.pay(orderId, { way: 'sbp' })
  const refund = (fields: Record<string, string>) => bank.call('refund.do', { orderId, ...fields })
  return { ...bank, orderId, refund }
}

test('refunds in parts lower what is deposited, and no more than that is refunded', async () => {
  const { orderId, refund, status } = await startPaid()
  expect(await refund({ amount: '23456', externalRefundId: 'R-1' })).toMatchObject({ errorCode: '0' })
  expect(await status(orderId)).toMatchObject({
    orderStatus: 4,
    paymentAmountInfo: { paymentState: 'REFUNDED', depositedAmount: 100_000, refundedAmount: 23_456 },
    refunds: [
      { amount: 23_456, actionCode: 0, externalRefundId: 'R-1', referenceNumber: expect.any(String) },
    ],
  })
  expect(await refund({ amount: '100001', externalRefundId: 'R-2' })).toMatchObject({ errorCode: '7' })
  expect(await refund({ amount: '0', externalRefundId: 'R-2' })).toMatchObject({ errorCode: '0' })
  expect(await status(orderId)).toMatchObject({
    paymentAmountInfo: { depositedAmount: 0, refundedAmount: 123_456 },
  })
  expect(await refund({ amount: '0' })).toMatchObject({ errorCode: '7' })
})

test('a known refund number is answered with success and refunds nothing, even behind a lost answer', async () => {
  const { orderId, refund, status, fault, send } = await startPaid()
  const request = { amount: '100', externalRefundId: 'R-1', expectedDepositedAmount: '123456' }
  await fault({ operation: 'refund.do', kind: 'timeout-after-acting', delayMs: 1 })
  expect((await send('refund.do', { orderId, ...request })).status).toBe(504)
  expect(await refund(request)).toMatchObject({ errorCode: '0' })
  expect(await status(orderId)).toMatchObject({ paymentAmountInfo: { refundedAmount: 100 } })
})

test('where the refund number is not supported a repeat refunds twice', async () => {
  const { orderId, refund, status, set } = await startPaid()
  await set({ externalRefundId: false })
  await refund({ amount: '100', externalRefundId: 'R-1' })
  await refund({ amount: '100', externalRefundId: 'R-1' })
  const after = await status(orderId)
  expect(after).toMatchObject({ paymentAmountInfo: { refundedAmount: 200 } })
  expect((after.refunds as object[])[0]).not.toHaveProperty('externalRefundId')
})

test('a refund that expects another deposited amount is refused, and its number stays free', async () => {
  const { refund } = await startPaid()
  const request = { amount: '100', externalRefundId: 'R-1' }
  expect(await refund({ ...request, expectedDepositedAmount: '100' })).toMatchObject({ errorCode: '7' })
  expect(await refund({ ...request, expectedDepositedAmount: '123456' })).toMatchObject({ errorCode: '0' })
})

test('a refund in progress is 1120 until it is done, and holds its money', async () => {
  const { orderId, refund, status, set, wait, operations } = await startPaid()
  await set({ refundPendingMs: 5_000 })
  expect(await refund({ amount: '123000' })).toMatchObject({ errorCode: '0' })
  expect(await status(orderId)).toMatchObject({
    orderStatus: 2,
    paymentAmountInfo: { depositedAmount: 123_456, refundedAmount: 0 },
    refunds: [{ amount: 123_000, actionCode: 1120 }],
  })
  expect(await refund({ amount: '457' })).toMatchObject({ errorCode: '7' })
  await wait(5_000)
  expect(await status(orderId)).toMatchObject({
    orderStatus: 4,
    paymentAmountInfo: { depositedAmount: 456, refundedAmount: 123_000 },
    refunds: [{ actionCode: 0 }],
  })
  expect(operations()).toEqual(['deposited 1', 'refunded 1'])
})

test('a refund that fails at the end leaves the money where it was', async () => {
  const { orderId, refund, status, set, wait, operations } = await startPaid()
  await set({ refundPendingMs: 5_000, refundFails: true })
  await refund({ amount: '100' })
  await wait(5_000)
  expect(await status(orderId)).toMatchObject({
    orderStatus: 2,
    paymentAmountInfo: { depositedAmount: 123_456, refundedAmount: 0 },
    refunds: [{ actionCode: 124 }],
  })
  expect(operations()).toEqual(['deposited 1', 'refunded 0'])
})

test('an unpaid order has nothing to refund, and an amount is whole kopecks', async () => {
  const { call, register } = startBank()
  const orderId = await register()
  expect(await call('refund.do', { orderId, amount: '100' })).toMatchObject({ errorCode: '7' })
  expect(await call('refund.do', { orderId, amount: '-1' })).toMatchObject({ errorCode: '5' })
  expect(await call('refund.do', { orderId })).toMatchObject({ errorCode: '4' })
  expect(await call('refund.do', { orderId: 'none', amount: '1' })).toMatchObject({ errorCode: '6' })
})
