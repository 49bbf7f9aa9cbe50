import { afterAll, beforeAll, expect, test } from 'bun:test'
import { realChance } from '@kontora/service'
import { ask, type Call, type Gateway, password, type Stand, unique, wishes } from '../contract/stand.node.ts'
import type { Adoption, Living } from '../log/message-log.ts'
import { createPostgresLog } from '../log/postgres/create-log.ts'
import type { ClosingLog } from '../resources.ts'
import { openGateway, openPostgresStand } from '../test-stand.node.ts'
import { alone } from './alone.ts'
import { createPeers, type Peers } from './peers.ts'
import type { Registry } from './registry.ts'

let stand: Stand & { url: string }
let opened: { stop: () => Promise<void> }[] = []
beforeAll(async () => {
  stand = await openPostgresStand(wishes)
})
afterAll(async () => {
  for (const { stop } of opened) await stop()
  opened = []
  await stand?.close()
})

const adoption: Adoption = {
  call: {
    group: 'g',
    instance: 'i',
    topics: ['red'],
    autoCommit: true,
    offsetReset: 'latest',
    sessionTimeoutMs: 1000,
    most: 10,
  },
  places: [],
}
const instances = [{ name: 'secret-group', instances: [] }]

/** A gateway whose instances live in its memory, as before a Kafka; what it is handed over is kept. */
const open = (registry: Registry | undefined) => {
  const adopted: Adoption[] = []
  const living: Living = {
    list: () => instances,
    homeOf: async () => undefined,
    forgetHome: () => {},
    adopt: async (given) => void adopted.push(given),
  }
  const peers: Peers | undefined = registry && createPeers(registry)
  const inner = openGateway(stand.url)
  const log = createPostgresLog(inner.resources.sql, realChance()) as ClosingLog
  const gateway = openGateway(stand.url, {
    messages: { ...log, living: async () => living },
    ...(peers && { peers }),
  })
  opened.push(inner, gateway)
  return { gateway, adopted, peers }
}
const registryOf = (id: string, token: string): Registry => ({ ...alone(id), self: { id, url: '', token } })

const routes: [string, unknown][] = [
  ['/peers/adopt', adoption],
  ['/peers/consumers', {}],
  ['/peers/passed-on', { callId: 'call' }],
]
const callAll = async (gateway: Gateway, headers: Record<string, string>, method = 'POST') => {
  const calls = routes.map(([path, body]) => {
    const call: Call = { method, headers, ...(method === 'POST' && { body }) }
    return ask(gateway, path, call)
  })
  return Promise.all(calls)
}
const basic = (user: string) => `Basic ${btoa(`${user}:${password}`)}`

test('only who knows the token of this very gateway may hand over, list or ask what was passed on', async () => {
  const [token, another] = [unique(), unique()]
  const { gateway, adopted, peers } = open(registryOf('this-gateway', token))
  peers?.passesOn({ group: 'g', instance: 'i' }, 'call', new AbortController().signal)
  const strangers: Record<string, string> = {
    nobody: '',
    'an empty token': 'Bearer ',
    'a wrong token': 'Bearer wrong',
    'the beginning of the token': `Bearer ${token.slice(0, -1)}`,
    'more than the token': `Bearer ${token}x`,
    'the token by itself': token,
    'the token as a password': `Basic ${btoa(`peer:${token}`)}`,
    "another gateway's token": `Bearer ${another}`,
    "the gateway's id": 'Bearer this-gateway',
    'nothing, spelled out': 'Bearer undefined',
    'who may do all with all topics': basic('everything'),
    'who may only write': basic('writer'),
    'a credential as a token': `Bearer ${btoa(`everything:${password}`)}`,
  }
  for (const [who, authorization] of Object.entries(strangers))
    for (const { status, body } of await callAll(gateway, { authorization })) {
      expect([who, status]).toEqual([who, 401])
      expect(JSON.stringify(body)).not.toContain('secret-group')
    }
  const headers = { authorization: `Bearer ${token}` }
  for (const { status } of await callAll(gateway, headers, 'GET')) expect(status).toBeGreaterThanOrEqual(400)
  expect(adopted).toEqual([])

  const [taken, listed, passedOn] = await callAll(gateway, headers)
  expect([taken?.status, listed?.body, passedOn?.body]).toEqual([200, instances, { arrived: true }])
  expect(adopted).toEqual([adoption])
})

test('a gateway that has no others takes nothing from anybody, not for its own id, which Kafka shows to many', async () => {
  for (const registry of [undefined, alone('gateway-id')]) {
    const { gateway, adopted } = open(registry)
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Bearer undefined',
      'Bearer gateway-id',
      basic('everything'),
    ])
      for (const { status } of await callAll(gateway, { authorization })) expect(status).toBe(401)
    expect(adopted).toEqual([])
  }
})

test('a call that another gateway passes on needs the rights of its caller all the same', async () => {
  const token = unique()
  const { gateway } = open(registryOf('this-gateway', token))
  const relayed = { 'x-kontora-relay': `other ${unique()}`, 'x-kontora-relay-token': token }
  const statusOf = async (headers: Record<string, string>) =>
    (await ask(gateway, `/consume/${unique()}/i`, { body: { topic: 'red', timeout: 0 }, headers })).status
  expect(await statusOf({ ...relayed, authorization: '' })).toBe(401)
  expect(await statusOf({ ...relayed, authorization: `Bearer ${token}` })).toBe(401)
  expect(await statusOf({ ...relayed, authorization: basic('writer') })).toBe(403)
  expect(await statusOf({ ...relayed, authorization: basic('reader') })).toBe(200)
})

test('who passes himself off as a gateway without its token tells it nothing of what arrived', async () => {
  for (const [registry, token] of [
    [registryOf('this-gateway', unique()), 'wrong'],
    [alone('this-gateway'), ''],
    [alone('this-gateway'), 'this-gateway'],
  ] as const) {
    const { gateway, peers } = open(registry)
    const callId = unique()
    const headers = { 'x-kontora-relay': `other ${unique()} ${callId} 1`, 'x-kontora-relay-token': token }
    const answer = await ask(gateway, `/consume/${unique()}/i`, {
      body: { topic: 'red', timeout: 0 },
      headers,
    })
    expect(answer.status).toBe(200)
    expect(await peers?.hasArrived('other', callId)).toBe(false)
  }
})
