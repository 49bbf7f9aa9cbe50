import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checksum } from './checksum.ts'
import { startBank } from './start-bank.ts'

test('a payment is told of by GET, signed, at the address of the order', async () => {
  const { register, pay, wait, calls, book } = startBank()
  const mdOrder = await register({ dynamicCallbackUrl: 'https://shop.test/hooks?from=vtb' })
  await pay(mdOrder)
  await wait(0)
  const { from, checksum: sent, ...parameters } = calls[0]!.parameters
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ method: 'GET', url: { pathname: '/hooks' } })
  expect(from).toBe('vtb')
  expect(parameters).toEqual({
    mdOrder,
    orderNumber: 'INV-000042',
    operation: 'deposited',
    status: '1',
    callbackCreationDate: 'Mon Nov 23 13:00:00 MSK 2026',
  })
  expect(sent).toBe(checksum(parameters, 'yourSecretToken'))
  expect((await book(mdOrder)).callbacks).toMatchObject([
    { operation: 'deposited', succeeded: true, pending: false, answers: [{ status: 200 }] },
  ])
})

test('by POST with everything switched on it is a form, and the signature covers all of it', async () => {
  const { register, pay, wait, calls, set } = startBank()
  await set({ callbackMethod: 'POST', callbackExtras: true })
  const mdOrder = await register({ description: 'Счёт № 42; за ноябрь' })
  await pay(mdOrder, { way: 'sbp', outcome: 'declined' })
  await wait(0)
  expect(calls[0]!.method).toBe('POST')
  expect(calls[0]!.url.search).toBe('')
  const { checksum: sent, ...parameters } = calls[0]!.parameters
  expect(parameters).toMatchObject({
    status: '0',
    depositFlag: '1',
    depositedAmount: '0',
    orderDescription: 'Счёт № 42; за ноябрь',
    'sbp.c2b.operation.nspkCode': '',
  })
  expect(sent).toBe(checksum(parameters, 'yourSecretToken'))
})

test('only 200 is taken, and after three failures it is never told again', async () => {
  const { register, pay, wait, calls, book } = startBank({}, () => 204)
  const mdOrder = await register()
  await pay(mdOrder)
  await wait(0)
  await wait(29_999)
  expect(calls).toHaveLength(1)
  await wait(1)
  await wait(30_000)
  await wait(30_000)
  expect(calls).toHaveLength(3)
  expect((await book(mdOrder)).callbacks).toMatchObject([
    { pending: false, answers: [{ status: 204 }, { status: 204 }, { status: 204 }] },
  ])
})

test('a repeat that is taken ends it', async () => {
  const { register, pay, wait, calls } = startBank({ callbackRetryMs: 10 }, (call) =>
    call === 1 ? 500 : 200,
  )
  await pay(await register())
  await wait(0)
  await wait(10)
  await wait(10)
  expect(calls).toHaveLength(2)
})

test('a callback is lost or doubled, as the payment or a fault wants', async () => {
  const { register, pay, wait, calls, fault, book } = startBank()
  const lost = await register({ orderNumber: '1' })
  await pay(lost, { way: 'card', callback: 'lose' })
  await wait(0)
  expect(calls).toHaveLength(0)
  expect((await book(lost)).callbacks).toMatchObject([{ pending: false, answers: [{ status: 'lost' }] }])
  await fault({ operation: 'callback', kind: 'lost-callback' })
  await pay(await register({ orderNumber: '2' }))
  await wait(0)
  expect(calls).toHaveLength(0)
  await pay(await register({ orderNumber: '3' }), { way: 'card', callback: 'duplicate' })
  await wait(0)
  expect(calls).toHaveLength(2)
  await fault({ operation: 'callback', kind: 'duplicate-callback' })
  await pay(await register({ orderNumber: '4' }))
  await wait(0)
  expect(calls).toHaveLength(4)
  expect(calls[3]!.parameters).toEqual(calls[2]!.parameters)
})

test('an order without an address is told of at the static one, or not at all', async () => {
  const { register, pay, wait, calls, set } = startBank()
  await pay(await register({ orderNumber: '1', dynamicCallbackUrl: '' }))
  await wait(0)
  expect(calls).toHaveLength(0)
  await set({ callbackUrl: 'https://shop.test/static' })
  await pay(await register({ orderNumber: '2', dynamicCallbackUrl: '' }))
  await wait(0)
  expect(calls[0]!.url.pathname).toBe('/static')
})

test('garbage is sent to any address: wrong, unsigned, unknown, repeated', async () => {
  const { register, pay, wait, calls, outside } = startBank({}, () => 403)
  const mdOrder = await register()
  const send = async (kind: string) => {
    const response = await outside('callbacks', { url: 'https://shop.test/any', kind, mdOrder })
    return { code: response.status, ...((await response.json()) as { status?: number }) }
  }
  expect(await send('replay')).toMatchObject({ code: 404 })
  await pay(mdOrder)
  await wait(0)
  const genuine = calls[0]!.parameters
  const right = ({ checksum: sent, ...rest }: Record<string, string>) =>
    sent === checksum(rest, 'yourSecretToken')
  expect(await send('wrong-checksum')).toMatchObject({ code: 201, status: 403 })
  expect(calls[1]!.parameters).toMatchObject({ mdOrder, checksum: expect.stringMatching(/^[0-9A-F]{64}$/) })
  expect(right(calls[1]!.parameters)).toBe(false)
  await send('no-checksum')
  expect(calls[2]!.parameters).not.toHaveProperty('checksum')
  await send('unknown-order')
  expect(right(calls[3]!.parameters)).toBe(true)
  expect(calls[3]!.parameters.mdOrder).not.toBe(mdOrder)
  await send('replay')
  expect(calls[4]!.parameters).toEqual(genuine)
  expect((await outside('callbacks', { url: 'no address', kind: 'replay' })).status).toBe(400)
})

test('the book, the settings and the callbacks on their way outlive the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vtb-'))
  const store = join(folder, 'bank.sqlite')
  const before = startBank({ store }, () => 500)
  const mdOrder = await before.register()
  await before.set({ callbackRetryMs: 5_000 })
  await before.pay(mdOrder, { way: 'card', delayMs: 1_000 })
  await before.wait(1_000)
  expect(before.operations()).toEqual(['deposited 1'])
  before.simulator.close()

  const after = startBank({ store })
  expect(await after.status(mdOrder)).toMatchObject({ orderStatus: 2, orderNumber: 'INV-000042' })
  expect(
    await after.call('register.do', { orderNumber: 'INV-000042', amount: '1', returnUrl: 'https://a.test' }),
  ).toMatchObject({ errorCode: '1' })
  await after.wait(6_000)
  expect(after.operations()).toEqual(['deposited 1'])
  expect((await after.book(mdOrder)).callbacks).toMatchObject([
    { answers: [{ status: 500 }, { status: 200 }], pending: false },
  ])
  after.simulator.close()
  rmSync(folder, { recursive: true })
})

test('left to itself it delivers within moments, over a real connection', async () => {
  const { promise, resolve } = Promise.withResolvers<string | null>()
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => {
      resolve(new URL(request.url).searchParams.get('operation'))
      return new Response('ok')
    },
  })
  const { register, pay, simulator } = startBank({ byHand: false, fetch, now: () => new Date() })
  await pay(await register({ dynamicCallbackUrl: `${server.url.origin}/hook` }))
  expect(await promise).toBe('deposited')
  simulator.close()
  await server.stop(true)
})
