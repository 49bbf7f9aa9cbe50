import { afterAll, beforeAll, expect, test } from 'bun:test'
import { consumeAs } from '../contract/groups.node.ts'
import { ask, password, type Stand, unique, wishes } from '../contract/stand.node.ts'
import { runServer } from '../run-door.node.ts'
import { openGateway, openPostgresStand } from '../test-stand.node.ts'
import { createHistogram, samples } from './prometheus.ts'

let stand: Stand & { url: string }
let gateway: ReturnType<typeof openGateway>
beforeAll(async () => {
  stand = await openPostgresStand(wishes)
  gateway = openGateway(stand.url)
})
afterAll(async () => {
  await gateway.stop()
  await stand.close()
})

const scrape = async (user = 'everything') => {
  const headers = { authorization: `Basic ${btoa(`${user}:${password}`)}` }
  const response = await fetch(`${gateway.url}/metrics`, { headers })
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() }
}
const sampleOf = (text: string, sample: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${sample} `))
      ?.slice(sample.length + 1) ?? Number.NaN,
  )

test('requests, messages, refusals, waiting polls and the lag of groups are told', async () => {
  const group = unique()
  await consumeAs(gateway, 'moved', group, 'i')({ reset: 'latest' })
  const body = ['a', 'b', 'c'].map((value) => ({ topic: 'moved', partition: 0, value }))
  const before = (await scrape()).text
  const [first] = (await ask(gateway, '/produce', { body })).body as { offset: number }[]
  await ask(gateway, `/commit/${group}/i`, {
    body: { topic: 'moved', partition: 0, offset: first?.offset },
  })
  await ask(gateway, '/produce', { body, user: 'nobody:x' })
  await ask(gateway, '/produce', { body, user: `reader:${password}` })
  await consumeAs(gateway, 'moved', group, 'i')()
  const hangUp = new AbortController()
  const waiting = consumeAs(
    gateway,
    'moved',
    group,
    'j',
  )({ timeout: 5000, signal: hangUp.signal }).catch(() => {})
  await Bun.sleep(200)
  const { type, text } = await scrape()
  hangUp.abort()
  await waiting
  expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
  const grown = (sample: string) => sampleOf(text, sample) - (sampleOf(before, sample) || 0)
  expect(grown('kafka_http_requests_total{route="/produce",method="POST",status="200"}')).toBe(1)
  expect(grown('kafka_http_request_duration_seconds_count{route="/produce"}')).toBe(3)
  expect(grown('kafka_http_messages_produced_total{topic="moved"}')).toBe(3)
  expect(grown('kafka_http_messages_consumed_total{topic="moved"}')).toBe(3)
  expect(grown('kafka_http_refusals_total{reason="credentials"}')).toBe(1)
  expect(grown('kafka_http_refusals_total{reason="rights"}')).toBe(1)
  expect(sampleOf(text, 'kafka_http_waiting_polls')).toBe(1)
  expect(sampleOf(text, 'kafka_http_produce_queue')).toBe(0)
  expect(sampleOf(text, 'kafka_http_log_up')).toBe(1)
  expect(sampleOf(text, `kafka_http_group_instances{group="${group}"}`)).toBe(2)
  const lag = text
    .split('\n')
    .filter((line) => line.startsWith(`kafka_http_group_lag{group="${group}",topic="moved",partition="0"}`))
  expect(lag.length).toBe(1)
})

test('each line is Prometheus’ text format, each name stands once, and buckets ascend', async () => {
  const { text } = await scrape()
  const names = new Set<string>()
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('# TYPE ')) {
      const name = line.split(' ')[2] ?? ''
      expect(names.has(name)).toBe(false)
      names.add(name)
    } else if (!line.startsWith('# HELP ')) {
      expect(line).toMatch(/^[a-z_]+(\{[a-z_]+="(\\.|[^"\\])*"(,[a-z_]+="(\\.|[^"\\])*")*\})? [0-9.e+-]+$/)
      expect([...names].some((name) => line.startsWith(name))).toBe(true)
    }
  }
  const histogram = createHistogram('h', 'h', [1, 2])
  for (const value of [0.5, 1, 1.5, 9]) histogram.observe({}, value)
  expect(histogram.lines().slice(2)).toEqual([
    'h_bucket{le="1"} 2',
    'h_bucket{le="2"} 3',
    'h_bucket{le="+Inf"} 4',
    'h_sum 12',
    'h_count 4',
  ])
  expect(samples('g', 'gauge', 'g', [[{ group: 'a"b\\c\nd' }, 1]]).at(-1)).toBe('g{group="a\\"b\\\\c\\nd"} 1')
})

test('who may not consume every topic does not see them, and a strange path makes no new series', async () => {
  expect((await scrape('reader')).status).toBe(403)
  expect((await scrape('nobody')).status).toBe(401)
  await ask(gateway, `/${unique()}`)
  await ask(gateway, `/consume/${unique()}/x/nowhere`)
  const { text } = await scrape()
  const routes = new Set(Array.from(text.matchAll(/route="([^"]*)"/g), ([, route]) => route))
  for (const route of routes)
    expect([
      '/*',
      '/produce',
      '/consume/:group/:instance',
      '/consume/:group/:instance/:topic',
      '/commit/:group/:instance',
      '/metrics',
    ]).toContain(route ?? '')
})

test('on a port of their own they need no password, and nothing else is there', async () => {
  const server = await runServer({ DATABASE_URL: stand.url, METRICS_PORT: '0' })
  for (let tries = 0; tries < 100 && !server.lines.some((line) => line.includes('metricsPort')); tries++)
    await Bun.sleep(20)
  const port = /"metricsPort":(\d+)/.exec(server.lines.join('\n'))?.[1]
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
  expect(await (await at('/metrics')).text()).toContain('kafka_http_log_up 1')
  expect((await at('/topics')).status).toBe(404)
  server.child.kill('SIGTERM')
  expect(await server.child.exited).toBe(0)
})
