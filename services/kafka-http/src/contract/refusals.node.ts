import { expect, test } from 'bun:test'
import { type Answer, ask, type Call, ends, type Gateway, password, unique } from './stand.node.ts'

const refused = (answer: Answer, status: number): void => {
  expect(answer.status).toBe(status)
  expect(answer.type).toContain('application/json')
  expect(answer.body).toEqual({ result: 'Error', error: expect.any(String), status })
}

const valid = { topic: 'strict', value: 'v' }
const wrongMessages: [string, Call][] = [
  ['no body', {}],
  ['no JSON', { text: '{"topic":"strict","value"' }],
  ['no UTF-8', { text: new Uint8Array([0x22, 0xff, 0x22]) }],
  ['a number', { body: 5 }],
  ['null', { body: null }],
  ['no value, as the client sends undefined', { body: { topic: 'strict' } }],
  ['a value that is no text', { body: { ...valid, value: 5 } }],
  ['no topic', { body: { value: 'v' } }],
  ['a topic that is no name', { body: { ...valid, topic: 'a b' } }],
  ['a key that is no text', { body: { ...valid, key: 1 } }],
  ['a negative partition', { body: { ...valid, partition: -1 } }],
  ['a partition that is not there', { body: { ...valid, partition: 2 } }],
  ['half a partition', { body: { ...valid, partition: 0.5 } }],
  ['a partition as text', { body: { ...valid, partition: '0' } }],
  ['a time as text', { body: { ...valid, timestamp: 'now' } }],
  ['a time beyond the numbers', { text: '{"topic":"strict","value":"v","timestamp":1e300}' }],
  ['headers that are no list', { body: { ...valid, headers: { a: 'b' } } }],
  ['a header without a value', { body: { ...valid, headers: [{ key: 'a' }] } }],
  ['U+0000 in the value', { body: { ...valid, value: 'a\u0000b' } }],
  ['U+0000 in the key', { body: { ...valid, key: '\u0000' } }],
  ['U+0000 in a header', { body: { ...valid, headers: [{ key: 'a\u0000', value: '' }] } }],
  ['a header whose value is null', { body: { ...valid, headers: [{ key: 'a', value: null }] } }],
  ['half a surrogate pair', { text: '{"topic":"strict","value":"\\ud800"}' }],
  ['one wrong among right ones', { body: [valid, valid, { ...valid, value: null }] }],
]

const wrongCalls: [string, string, Call][] = [
  ['consume without a topic', '/consume/g/i', { body: {} }],
  ['consume with both', '/consume/g/i', { body: { topic: 'red', topics: ['red'] } }],
  ['consume with no topics', '/consume/g/i', { body: { topics: [] } }],
  ['consume with a wrong time-out', '/consume/g/i', { body: { topic: 'red', timeout: -1 } }],
  [
    'consume with a wrong reset',
    '/consume/g/i',
    { body: { topic: 'red' }, headers: { 'Kafka-Auto-Offset-Reset': 'first' } },
  ],
  [
    'consume with a wrong commit',
    '/consume/g/i',
    { body: { topic: 'red' }, headers: { 'Kafka-Enable-Auto-Commit': 'yes' } },
  ],
  [
    'consume with a wrong session',
    '/consume/g/i',
    { body: { topic: 'red' }, headers: { 'Kafka-Session-Timeout-Ms': '1s' } },
  ],
  ['a group with U+0000', '/consume/g%00/i', { body: { topic: 'red' } }],
  ['fetch without an offset', '/fetch', { body: { topic: 'red', partition: 0 } }],
  ['fetch of nothing', '/fetch', { body: {} }],
  ['fetch from a negative offset', '/fetch', { body: { topic: 'red', partition: 0, offset: -1 } }],
  ['fetch of a partition that is not there', '/fetch', { body: { topic: 'red', partition: 3, offset: 0 } }],
  ['commit of a negative offset', '/commit/g/i', { body: { topic: 'red', partition: 0, offset: -1 } }],
  [
    'commit of a partition that is not there',
    '/commit/g/i',
    { body: { topic: 'red', partition: 9, offset: 0 } },
  ],
  ['committed without a partition', '/committed/g/i', { body: { topic: 'red' } }],
  ['offsets at a wrong time', '/offsets/yesterday', { body: { topic: 'red', partition: 0 } }],
]

export const refusalContract = (gateway: () => Gateway): void => {
  for (const [name, call] of wrongMessages)
    test(`produce refuses ${name} and writes nothing`, async () => {
      const before = await ends(gateway(), 'strict', [0, 1])
      refused(await ask(gateway(), '/produce', call), 400)
      expect(await ends(gateway(), 'strict', [0, 1])).toEqual(before)
    })

  for (const [name, path, call] of wrongCalls)
    test(`${name} is refused`, async () => refused(await ask(gateway(), path, call), 400))

  test('an unknown topic, instance or path is not found, and none of a mixed request is written', async () => {
    const before = await ends(gateway(), 'strict', [0, 1])
    refused(await ask(gateway(), '/produce', { body: [valid, { topic: 'nowhere', value: 'v' }] }), 404)
    expect(await ends(gateway(), 'strict', [0, 1])).toEqual(before)
    refused(await ask(gateway(), '/consume/g/i', { body: { topic: 'nowhere' } }), 404)
    refused(await ask(gateway(), '/fetch', { body: { topic: 'nowhere', partition: 0, offset: 0 } }), 404)
    refused(await ask(gateway(), `/commit/${unique()}/i`), 404)
    refused(await ask(gateway(), `/delete-consumer/${unique()}/i`), 404)
    refused(await ask(gateway(), '/nowhere'), 404)
  })

  test('a wrong user or password, or none, is refused', async () => {
    for (const user of ['everything:wrong', `nobody:${password}`, 'everything', ':', 'everything:'])
      refused(await ask(gateway(), '/topics', { method: 'GET', user }), 401)
    refused(await ask(gateway(), '/produce', { body: valid, headers: { authorization: 'Bearer abc' } }), 401)
    refused(await ask(gateway(), '/produce', { body: valid, headers: { authorization: 'Basic %%%' } }), 401)
  })

  test('a credential does what it has the right to, and nothing else', async () => {
    const as = (name: string, path: string, body?: object, method = 'POST') =>
      ask(gateway(), path, { user: `${name}:${password}`, method, ...(body && { body }) })
    const message = (topic: string) => ({ topic, value: 'v' })
    expect((await as('writer', '/produce', message('red'))).status).toBe(200)
    refused(await as('writer', '/produce', message('green')), 403)
    refused(await as('writer', '/produce', [message('red'), message('green')]), 403)
    refused(await as('writer', '/consume/g/i', { topic: 'red' }), 403)
    refused(await as('reader', '/produce', message('red')), 403)
    expect((await as('reader', '/fetch', { topic: 'red', partition: 0, offset: 0 })).status).toBe(200)
    refused(await as('reader', '/fetch', { topic: 'green', partition: 0, offset: 0 }), 403)
    refused(await as('reader', '/commit/g/i', { topic: 'green', partition: 0, offset: 0 }), 403)
    refused(await as('reader', '/committed/g/i', { topic: 'green', partition: 0 }), 403)
    refused(await as('reader', '/offsets/latest', { topic: 'green', partition: 0 }), 403)
    expect((await as('orders', '/produce', message('orders-1'))).status).toBe(200)
    refused(await as('orders', '/produce', message('red')), 403)
    expect((await as('orders', '/topics', undefined, 'GET')).body).toEqual({ 'orders-1': 1 })
  })

  test("a stranger cannot remove another's instance", async () => {
    const group = unique()
    await ask(gateway(), `/consume/${group}/i`, { body: { topic: 'green', timeout: 0 } })
    refused(await ask(gateway(), `/delete-consumer/${group}/i`, { user: `reader:${password}` }), 403)
    expect((await ask(gateway(), `/delete-consumer/${group}/i`, { method: 'DELETE' })).body).toEqual({
      result: 'Success',
      status: 200,
    })
  })

  test('a slash at the end, a form content type and the short paths are understood', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const stored = await ask(gateway(), '/produce/green/', { body: { value: 'v' }, headers })
    expect(stored.body).toEqual([expect.objectContaining({ topic: 'green', offset: expect.any(Number) })])
    const single = await ask(gateway(), '/produce/green/a%20b%2Fc?key=k', { method: 'GET' })
    const { partition, offset } = single.body as { partition: number; offset: number }
    const found = await ask(gateway(), '/fetch/', { body: { topic: 'green', partition, offset } })
    expect(found.body).toEqual([expect.objectContaining({ value: 'a b/c', key: 'k' })])
    const group = unique()
    const path = `/consume/${group}/i/green?timeout=0`
    const consumed = await ask(gateway(), path, {
      method: 'GET',
      headers: { 'Kafka-Auto-Offset-Reset': 'earliest' },
    })
    expect((consumed.body as unknown[]).length).toBeGreaterThan(0)
    expect((await ask(gateway(), '/topics/', { method: 'GET' })).status).toBe(200)
  })
}
