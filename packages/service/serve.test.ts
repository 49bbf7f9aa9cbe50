import { expect, test } from 'bun:test'

const serve = new URL('./serve.node.ts', import.meta.url).pathname
const log = new URL('./log.ts', import.meta.url).pathname

/** A service as small as can be, in a process of its own; `stop` of its loop takes as long as its path says. */
const program = (stopMs: number) => `
  import { serve } from ${JSON.stringify(serve)}
  import { createLog } from ${JSON.stringify(log)}
  const health = { draining: false, migrationsCurrent: () => true, checks: [] }
  const log = createLog('test', () => new Date())
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const loop = { name: 'loop', start: () => log.info('loop-started'), stop: async () => { await sleep(${stopMs}); log.info('loop-stopped') } }
  const broken = { name: 'broken', start: () => {}, stop: async () => { throw new Error('no') } }
  serve({
    port: 0, hostname: '127.0.0.1', health, log, background: [loop, broken], drainMs: 200,
    fetch: async (request) => { await sleep(Number(new URL(request.url).searchParams.get('ms'))); return new Response(String(health.draining)) },
    close: async () => { log.info('pool-closed'); throw new Error('closed twice') },
  })`

const start = async (stopMs = 50) => {
  const child = Bun.spawn([process.execPath, '-e', program(stopMs)], { stdout: 'pipe', stderr: 'inherit' })
  const events: string[] = []
  let port = 0
  const listening = Promise.withResolvers<void>()
  const read = async () => {
    let text = ''
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const whole = text.split('\n')
      text = whole.pop() ?? ''
      for (const line of whole) {
        const entry = JSON.parse(line) as { event: string; port?: number }
        events.push(entry.event)
        if (entry.port) port = entry.port
        if (entry.event === 'listening') listening.resolve()
      }
    }
  }
  const finished = read()
  await listening.promise
  const ask = (ms = 0) => fetch(`http://127.0.0.1:${port}/?ms=${ms}`).then((answer) => answer.text())
  return { child, events, finished, ask }
}

test('goes down in order: unready first, answering on, then loops, then the server, then the pool', async () => {
  const { child, events, finished, ask } = await start()
  expect(await ask()).toBe('false')
  const slow = ask(350)
  await Bun.sleep(20)
  child.kill('SIGTERM')
  await Bun.sleep(50)
  expect(await ask()).toBe('true')
  expect(await slow).toBe('true')
  expect(await child.exited).toBe(0)
  await finished
  expect(events).toEqual([
    'loop-started',
    'listening',
    'draining',
    'loop-stopped',
    'background-stopped',
    'server-stopped',
    'pool-closed',
    'closed',
  ])
})

test('a second signal ends at once', async () => {
  const { child, events, finished } = await start(60_000)
  child.kill('SIGTERM')
  await Bun.sleep(100)
  const began = performance.now()
  child.kill('SIGINT')
  expect(await child.exited).toBe(1)
  await finished
  expect(performance.now() - began).toBeLessThan(2000)
  expect(events).not.toContain('pool-closed')
})
