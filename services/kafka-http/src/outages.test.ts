import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { consumeAs } from './contract/groups.node.ts'
import { ask, type Got, password, type Stand, unique, wishes } from './contract/stand.node.ts'
import { runServer } from './run-door.node.ts'
import { openGateway, openPostgresStand } from './test-stand.node.ts'

let stand: Stand & { url: string }
beforeAll(async () => {
  stand = await openPostgresStand(wishes)
})
afterAll(() => stand.close())

/** A way to Postgres that can be cut, as when Postgres is killed. */
const openRoad = async () => {
  const target = new URL(stand.url)
  const sockets = new Set<Socket>()
  let server: Server
  const accept = (socket: Socket) => {
    const onward = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  }
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      server = createServer(accept).listen(port, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      })
    })
  const port = await listen(0)
  const cut = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await closed
  }
  const url = new URL(stand.url)
  url.host = `127.0.0.1:${port}`
  return { url: url.href, cut, mend: () => listen(port) }
}

test('while Postgres is away every call is refused soon with 503, and works again when it is back', async () => {
  const road = await openRoad()
  const gateway = openGateway(road.url)
  const group = unique()
  const consume = consumeAs(gateway, 'moved', group, 'i')
  await consume({ reset: 'latest' })
  const waiting = ask(gateway, `/consume/${unique()}/j`, { body: { topic: 'moved', timeout: 1500 } })
  await Bun.sleep(100)
  await road.cut()
  const message = { topic: 'moved', value: 'v', partition: 0 }
  for (const [path, body] of [
    ['/produce', message],
    ['/fetch', { topic: 'moved', partition: 0, offset: 0 }],
    [`/consume/${group}/i`, { topic: 'moved' }],
    [`/commit/${group}/i`, { topic: 'moved', partition: 0, offset: 0 }],
    ['/topics', {}],
  ] as const) {
    const start = performance.now()
    const { status, body: answer } = await ask(gateway, path, { body })
    expect(answer).toMatchObject({ result: 'Error', status: 503 })
    expect(status).toBe(503)
    expect(performance.now() - start).toBeLessThan(6000)
  }
  // The credentials read last are still good, and tell a wrong password from a log that is away.
  expect((await ask(gateway, '/topics', { user: 'everything:wrong' })).status).toBe(401)
  expect((await waiting).status).toBe(503)
  await road.mend()
  let status = 0
  for (let tries = 0; status !== 200 && tries < 20; tries++) {
    status = (await ask(gateway, '/produce', { body: message })).status
    if (status !== 200) await Bun.sleep(200)
  }
  expect(status).toBe(200)
  expect((await consume({ timeout: 1000 })).length).toBeGreaterThan(0)
  await gateway.stop()
}, 60_000)

test('what was acknowledged outlives kill -9, and the answer of a killed gateway is read again', async () => {
  const env = { DATABASE_URL: stand.url, SESSION_TIMEOUT_MS: '60000' }
  const [killed, other] = await Promise.all([runServer(env), runServer(env)])
  const group = unique()
  await consumeAs(killed, 'moved', group, 'i')({ reset: 'latest' })
  const body = ['a', 'b'].map((value) => ({ topic: 'moved', partition: 1, value }))
  expect((await ask(killed, '/produce', { body })).status).toBe(200)
  const first = await consumeAs(killed, 'moved', group, 'i')()
  killed.child.kill(9)
  expect(first.map(({ value }) => value)).toEqual(['a', 'b'])
  const again = await consumeAs(other, 'moved', group, 'i')()
  expect(again).toEqual(first)
  expect(await consumeAs(other, 'moved', group, 'i')()).toEqual([])
  other.child.kill('SIGTERM')
  await other.child.exited
})

test('a commit proves that its answer arrived: what was committed is not read again after its gateway was killed', async () => {
  const env = { DATABASE_URL: stand.url, SESSION_TIMEOUT_MS: '60000' }
  const [killed, other] = await Promise.all([runServer(env), runServer(env)])
  const group = unique()
  const consume = (gateway: { url: string; stop: () => Promise<void> }) =>
    consumeAs(gateway, 'moved', group, 'i')({ autoCommit: false, reset: 'latest' })
  await consume(killed)
  const body = ['a', 'b', 'c'].map((value) => ({ topic: 'moved', partition: 1, value }))
  await ask(killed, '/produce', { body })
  const first = await consume(killed)
  killed.child.kill(9)
  const [, second] = first
  await ask(other, `/commit/${group}/i`, { body: { ...second, offset: second?.offset } })
  expect((await consume(other)).map(({ value }) => value)).toEqual(['b', 'c'])
  // More than the log knows to have answered: a Postgres that was killed forgot it.
  const [late] = (await ask(other, '/produce', { body: { topic: 'moved', partition: 1, value: 'd' } }))
    .body as Got[]
  await ask(other, `/commit/${group}/i`, { body: { ...late, offset: (late?.offset ?? 0) + 1 } })
  expect(await consume(other)).toEqual([])
  other.child.kill('SIGTERM')
  await other.child.exited
})

test('going down ends those who wait, tells nobody to wait longer, and needs no password for health', async () => {
  const server = await runServer({ DATABASE_URL: stand.url })
  const ready = await fetch(`${server.url}/health/ready`)
  expect(await ready.json()).toEqual({ status: 'up', degraded: [] })
  const waiting = consumeAs(server, 'moved', unique(), 'i')({ timeout: 30_000, reset: 'latest' })
  await Bun.sleep(300)
  const start = performance.now()
  server.child.kill('SIGTERM')
  expect(await waiting).toEqual([])
  expect(await server.child.exited).toBe(0)
  expect(performance.now() - start).toBeLessThan(3000)
  expect(server.lines.join('\n')).not.toContain(password)
})

test('a group with an idle limit of its own keeps nobody longer, whatever he asks for', async () => {
  const gateway = openGateway(stand.url)
  const group = `${unique()}-access`
  const consume = consumeAs(gateway, 'moved', group, 'a')
  await consume({ sessionMs: 60_000 })
  const listed = async () =>
    ((await ask(gateway, '/consumers')).body as { name: string }[]).some(({ name }) => name === group)
  expect(await listed()).toBe(true)
  await Bun.sleep(400)
  expect(await listed()).toBe(false)
  await gateway.stop()
})
