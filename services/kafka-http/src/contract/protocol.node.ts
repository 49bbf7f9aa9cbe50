import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { type Answer, ask, type Call, ends, type Gateway, type Got, password, unique } from './stand.node.ts'

const refused = (answer: Answer, status: number): void => {
  expect(answer.body).toEqual({ result: 'Error', error: expect.any(String), status })
  expect(answer.status).toBe(status)
}

/** As curl -X GET -d does; `fetch` cannot send it. */
const getWithBody = async ({ url }: Gateway, path: string, body: unknown, headers: string[] = []) => {
  const more = headers.flatMap((header) => ['-H', header])
  const curl = ['curl', '-s', '-X', 'GET', '-u', `everything:${password}`, '-d', JSON.stringify(body)]
  const child = Bun.spawn([...curl, ...more, `${url}${path}`], { stdout: 'pipe' })
  return JSON.parse(await new Response(child.stdout).text())
}

/** What came back for these bytes, up to the end of the connection or some time. */
const raw = ({ url }: Gateway, bytes: string, ms = 1500): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    let got = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    const timer = setTimeout(() => socket.destroy(), ms)
    socket.on('data', (chunk) => {
      got += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(got)
    })
  })

const written = { topic: 'green', partition: 0 }

/** The rest of upstash-kafka.md, section 1, line by line: what the client itself does not use. */
export const protocolDetails = (gateway: () => Gateway): void => {
  const fetchOne = async ({
    topic,
    partition,
    offset,
  }: Got | { topic: string; partition: number; offset: number }) =>
    ((await ask(gateway(), '/fetch', { body: { topic, partition, offset } })).body as Got[])[0]

  test('every call is understood as a GET with its JSON in the body', async () => {
    const group = unique()
    const get = (path: string, body: unknown, headers?: string[]) =>
      getWithBody(gateway(), path, body, headers)
    const [one] = await get('/produce', { ...written, value: 'by get' })
    expect(one).toEqual({ ...written, offset: expect.any(Number), timestamp: expect.any(Number) })
    const [two] = await get('/produce/green/', [{ value: 'two', partition: 0 }])
    const place = { ...written, offset: one.offset }
    const found = await get('/fetch', { topicPartitionOffsets: [place], timeout: 0 })
    expect(found.map(({ value }: Got) => value)).toEqual(['by get', 'two'])
    expect(await get(`/commit/${group}/i`, place)).toEqual({ result: 'Success', status: 200 })
    expect(await get(`/committed/${group}/i`, written)).toEqual([place])
    expect(await get('/offsets/latest/', [written])).toEqual([{ ...written, offset: two.offset + 1 }])
    const earliest = ['Kafka-Auto-Offset-Reset: earliest']
    const consumed = await get(`/consume/${group}/i`, { topics: ['green'] }, earliest)
    expect(consumed.some(({ offset }: Got) => offset === one.offset)).toBe(true)
    expect(await get('/topics', {})).toMatchObject({ green: 3 })
    const listed = await get('/consumers', {})
    expect(listed.some(({ name }: { name: string }) => name === group)).toBe(true)
  })

  test('a GET with a body in chunks, and one that follows on the same connection, are both answered', async () => {
    const head = `Host: a\r\nAuthorization: Basic ${btoa(`everything:${password}`)}\r\n`
    const body = '{"topic":"green","partition":0}'
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
    const first = `GET /offsets/latest HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`
    const second = `GET /topics HTTP/1.1\r\n${head}Connection: close\r\n\r\n`
    const got = await raw(gateway(), first + second)
    expect(got).toContain('[{"topic":"green","partition":0,"offset":')
    expect(got).toContain('"green":3')
  })

  test('the webhook takes a body as it is, and the headers that are the sender’s own', async () => {
    const text = ' {"not": "parsed"}\n😀 '
    const headers = {
      'content-type': 'text/plain',
      'X-Event-Kind': 'push 1',
      'x-empty': '',
      'user-agent': 'hook',
    }
    const { status, body } = await ask(gateway(), '/webhook?topic=green', { text, headers })
    expect(status).toBe(200)
    const stored = body as Got
    expect(stored).toEqual({
      topic: 'green',
      partition: expect.any(Number),
      offset: expect.any(Number),
      timestamp: expect.any(Number),
    } as never)
    const found = (await fetchOne(stored)) as Got & { headers: object[] }
    expect(found.value).toBe(text)
    expect(found.headers).toContainEqual({ key: 'x-event-kind', value: 'push 1' })
    expect(JSON.stringify(found)).not.toMatch(/authorization|user-agent|content-type|hook/)
  })

  test('the webhook knows a user and a password in its address, and no other call does', async () => {
    const { url } = gateway()
    const query = `topic=red&user=writer&pass=${password}`
    const post = (path: string) => fetch(`${url}${path}`, { method: 'POST', body: 'v' })
    expect((await post(`/webhook/?${query}`)).status).toBe(200)
    for (const [path, status] of [
      [`/webhook?topic=red&user=writer&pass=wrong`, 401],
      [`/webhook?topic=red&user=writer`, 401],
      [`/webhook?topic=green&user=writer&pass=${password}`, 403],
      [`/webhook?topic=nowhere&user=everything&pass=${password}`, 404],
      [`/webhook?user=everything&pass=${password}`, 400],
      [`/produce?${query}`, 401],
    ] as const) {
      const answer = await post(path)
      const text = await answer.text()
      expect(answer.status).toBe(status)
      expect(text).not.toContain(password)
    }
    refused(await ask(gateway(), '/webhook?topic=red', { text: new Uint8Array([0xff, 0xfe]) }), 400)
  })

  test('a tombstone is taken from who asks for it, and refused from all others', async () => {
    const tombstone = { topic: 'strict', partition: 0, key: 'gone', value: null }
    const as = (call: Call) => ask(gateway(), '/produce', call)
    const before = await ends(gateway(), 'strict', [0, 1])
    refused(await as({ body: tombstone }), 400)
    refused(await as({ body: tombstone, headers: { 'Kafka-Tombstones': 'false' } }), 400)
    refused(await as({ body: tombstone, headers: { 'Kafka-Tombstones': 'yes' } }), 400)
    const missing = { topic: 'strict', partition: 0, key: 'gone' }
    refused(await as({ body: missing, headers: { 'Kafka-Tombstones': 'true' } }), 400)
    expect(await ends(gateway(), 'strict', [0, 1])).toEqual(before)
    const { body } = await as({
      body: [tombstone, { ...tombstone, value: '' }],
      headers: { 'Kafka-Tombstones': 'true' },
    })
    const [stored] = body as Got[]
    expect(stored?.offset).toBe(before[0] ?? -1)
    const found = await ask(gateway(), '/fetch', {
      body: { topic: 'strict', partition: 0, offset: stored?.offset },
    })
    expect((found.body as Got[]).map(({ value }) => value)).toEqual([null, ''] as never)
  })

  test('the same base64 is understood as a Bearer token', async () => {
    const as = (text: string) =>
      ask(gateway(), '/topics', { method: 'GET', headers: { authorization: `Bearer ${btoa(text)}` } })
    expect((await as(`everything:${password}`)).status).toBe(200)
    refused(await as('everything:wrong'), 401)
  })

  test('a name or a password beyond ASCII is a wrong one, in UTF-8, in Latin-1 and as the client encodes it', async () => {
    for (const encoded of [
      'dXNlcjpwOuSs',
      btoa('user:p\u00e4'),
      Buffer.from('пользователь:пароль').toString('base64'),
    ])
      refused(await ask(gateway(), '/topics', { headers: { authorization: `Basic ${encoded}` } }), 401)
  })

  test('an instance that commits by itself has committed the previous answer as soon as it waits for the next', async () => {
    const group = unique()
    const consume = (timeout: number) =>
      ask(gateway(), `/consume/${group}/i`, {
        body: { topic: 'moved', timeout },
        headers: { 'Kafka-Auto-Offset-Reset': 'latest', 'Kafka-Auto-Commit-Interval': '100' },
      })
    await consume(0)
    const { body } = await ask(gateway(), '/produce', { body: { topic: 'moved', partition: 0, value: 'v' } })
    const offset = (body as Got[])[0]?.offset ?? -1
    expect(((await consume(2000)).body as Got[]).map((each) => each.offset)).toEqual([offset])
    const committed = async () =>
      (
        (await ask(gateway(), `/committed/${group}/i`, { body: { topic: 'moved', partition: 0 } }))
          .body as Got[]
      )[0]?.offset
    await Bun.sleep(300)
    expect(await committed()).toBe(offset)
    const waiting = consume(1500)
    await Bun.sleep(700)
    expect(await committed()).toBe(offset + 1)
    expect((await waiting).body).toEqual([])
  })

  test('settings of a later call change nothing of the instance, and a wrong one is still refused', async () => {
    const group = unique()
    const consume = (headers: Record<string, string>) =>
      ask(gateway(), `/consume/${group}/i`, { body: { topic: 'moved', timeout: 0 }, headers })
    await consume({ 'Kafka-Auto-Offset-Reset': 'latest', 'Kafka-Enable-Auto-Commit': 'false' })
    expect((await consume({ 'Kafka-Auto-Offset-Reset': 'earliest' })).body).toEqual([])
    refused(await consume({ 'kafka-auto-offset-reset': 'first' }), 400)
  })

  test('a partition that is named twice counts once, as it was named last', async () => {
    const { body } = await ask(gateway(), '/produce', {
      body: ['a', 'b'].map((value) => ({ ...written, value })),
    })
    const [a, b] = body as [Got, Got]
    const both = { ...a, topicPartitionOffsets: [b], timeout: 0 }
    expect(
      ((await ask(gateway(), '/fetch', { body: both })).body as Got[]).map(({ value }) => value),
    ).toEqual(['b'])
    const group = unique()
    await ask(gateway(), `/commit/${group}/i`, { body: [b, a] })
    expect((await ask(gateway(), `/committed/${group}/i`, { body: [written, written] })).body).toEqual([
      { ...written, offset: a.offset },
      { ...written, offset: a.offset },
    ])
  })

  test('every answer of a refusal is JSON of its shape, whatever the method and the path', async () => {
    for (const [method, path, status] of [
      ['PUT', '/produce', 404],
      ['DELETE', '/topics', 404],
      ['GET', '/', 404],
      ['POST', '/schema-registry/subjects', 404],
    ] as const)
      refused(await ask(gateway(), path, { method, ...(method !== 'GET' && { body: {} }) }), status)
  })
}
