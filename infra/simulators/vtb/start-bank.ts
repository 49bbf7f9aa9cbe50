import { createVtbSimulator, type VtbOptions } from './create-vtb-simulator.ts'

type Answer = Record<string, unknown>
export type Call = { method: string; url: URL; parameters: Record<string, string> }

/** A bank for these tests: its time moves only by `wait`, and what it calls is written down in `calls`. */
export const startBank = (options: VtbOptions = {}, answer: (call: number) => number = () => 200) => {
  let time = Date.parse('2026-11-23T10:00:00Z')
  const calls: Call[] = []
  const receive = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const sent = request.method === 'GET' ? url.searchParams : new URLSearchParams(await request.text())
    calls.push({ method: request.method, url, parameters: Object.fromEntries(sent) })
    return new Response(null, { status: answer(calls.length) })
  }
  const simulator = createVtbSimulator({
    callbackKey: 'yourSecretToken',
    now: () => new Date(time),
    fetch: receive,
    byHand: true,
    ...options,
  })
  const { app, tick } = simulator
  const read = async (response: Response | Promise<Response>) => (await (await response).json()) as Answer
  const send = (operation: string, fields: Record<string, string>) =>
    app.request(`http://bank.test/payment/rest/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ userName: 'simulator-api', password: 'simulator', ...fields }).toString(),
    })
  const call = (operation: string, fields: Record<string, string> = {}) => read(send(operation, fields))
  const outside = (path: string, body?: unknown) =>
    app.request(`/_sim/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
  const register = async (fields: Record<string, string> = {}, operation = 'register.do') => {
    const answered = await call(operation, {
      orderNumber: 'INV-000042',
      amount: '123456',
      returnUrl: 'https://shop.test/paid?tab=1#top',
      dynamicCallbackUrl: 'https://shop.test/hooks/vtb',
      ...fields,
    })
    return String(answered.orderId)
  }
  return {
    simulator,
    calls,
    send,
    call,
    outside,
    register,
    status: (orderId: string) => call('getOrderStatusExtended.do', { orderId }),
    pay: (mdOrder: string, payment: object = { way: 'card' }) =>
      read(outside(`orders/${mdOrder}/pay`, payment)),
    book: (mdOrder: string) => read(outside(`orders/${mdOrder}`)),
    set: (settings: object) => read(outside('settings', settings)),
    fault: (fault: object) => outside('faults', { faults: [fault] }),
    wait: async (milliseconds: number) => {
      time += milliseconds
      await tick()
    },
    operations: () => calls.map(({ parameters }) => `${parameters.operation} ${parameters.status}`),
  }
}
