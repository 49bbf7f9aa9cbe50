import { afterEach, expect, test } from 'bun:test'
import { connect, type Socket } from 'node:net'
import type { Listening } from '@kontora/service/serve'
import { listenForGetBodies } from './listen.node.ts'

let server: Listening | undefined
afterEach(() => server?.stop())

const idleMs = 100

const start = (fetch: (request: Request) => Response | Promise<Response>) => {
  server = listenForGetBodies(1000, idleMs)(fetch, 0, '127.0.0.1')
  return server
}
const dial = ({ port }: Listening): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
const closing = (socket: Socket) =>
  new Promise<'closed'>((resolve) => socket.on('close', () => resolve('closed')))
const answering = (socket: Socket) =>
  new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())))

test('a GET keeps its body, of announced length and in chunks, and goes on as a POST', async () => {
  const socket = await dial(
    start(async (request) => new Response(`${request.method} ${await request.text()}`)),
  )
  socket.write('GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody')
  expect(await answering(socket)).toEndWith('POST body')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n')
  expect(await answering(socket)).toEndWith('POST body')
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(await answering(socket)).toEndWith('GET ')
})

test('who hangs up in the middle of a body leaves nothing that a stop would wait for', async () => {
  let asked = 0
  const running = start(() => new Response(`${asked++}`))
  const socket = await dial(running)
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf')
  await Bun.sleep(20)
  socket.destroy()
  await running.stop()
  expect(asked).toBe(0)
})

test('who hangs up while he waits is heard of', async () => {
  const { promise: aborted, resolve } = Promise.withResolvers<'aborted'>()
  const socket = await dial(
    start(async ({ signal }) => {
      signal.addEventListener('abort', () => resolve('aborted'))
      await aborted
      return new Response()
    }),
  )
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await Bun.sleep(20)
  socket.destroy()
  expect(await aborted).toBe('aborted')
})

test('an idle connection is closed in the end; one that waits for its answer is not', async () => {
  const running = start(async () => {
    await Bun.sleep(idleMs * 3)
    return new Response('late')
  })
  const [idle, waiting] = await Promise.all([dial(running), dial(running)])
  waiting.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  expect(await Promise.all([closing(idle), answering(waiting)])).toEqual([
    'closed',
    expect.stringContaining('late'),
  ])
})
