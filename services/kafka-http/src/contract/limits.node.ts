import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { type Answer, ask, ends, type Gateway, type Got, password, unique } from './stand.node.ts'

const refused = (answer: Answer, status: number): void => {
  expect(answer.body).toEqual({ result: 'Error', error: expect.any(String), status })
  expect(answer.status).toBe(status)
}

const mebibyte = 1024 * 1024

/** Sends the head of a request and then zeros until it is answered; says what came back and how much had been sent. */
const pour = ({ url }: Gateway, head: string, mostBytes: number, chunked: boolean) =>
  new Promise<{ answer: string; sent: number }>((resolve) => {
    const { hostname, port } = new URL(url)
    const block = 'a'.repeat(65_536)
    let [answer, sent] = ['', 0]
    const socket = connect(Number(port), hostname, () => {
      socket.write(head)
      pump()
    })
    const pump = (): void => {
      if (sent >= mostBytes || answer !== '' || socket.destroyed) return
      sent += block.length
      socket.write(chunked ? `10000\r\n${block}\r\n` : block, () => setImmediate(pump))
    }
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ answer, sent })
    }
    const timer = setTimeout(done, 10_000)
    socket.on('data', (data) => {
      answer += data
      setTimeout(done, 100)
    })
    socket.on('error', () => {})
    socket.on('close', done)
  })

export const limitContract = (gateway: () => Gateway): void => {
  test('a value of 1 MiB passes with key and headers and comes back as it was', async () => {
    const value = `😀${'я'.repeat(mebibyte / 2 - 2)}`
    expect(new TextEncoder().encode(value).byteLength).toBe(mebibyte)
    const message = { topic: 'single', key: 'k', value, headers: [{ key: 'h', value: 'x'.repeat(1000) }] }
    const { status, body } = await ask(gateway(), '/produce', { body: message })
    expect(status).toBe(200)
    const [stored] = body as Got[]
    const found = (await ask(gateway(), '/fetch', { body: stored })).body as Got[]
    expect(found.length).toBe(1)
    expect(found[0]?.value === value).toBe(true)
  })

  test('a message above the limit is refused, and with it the others of its request', async () => {
    const before = await ends(gateway(), 'strict', [0, 1])
    const large = { topic: 'strict', value: 'x'.repeat(1_114_113) }
    refused(await ask(gateway(), '/produce', { body: [{ topic: 'strict', value: 'v' }, large] }), 413)
    expect(await ends(gateway(), 'strict', [0, 1])).toEqual(before)
  })

  test('a body of 50 MB is refused before it is read, be its length told or not, and the gateway lives on', async () => {
    const before = await ends(gateway(), 'strict', [0, 1])
    const basic = `Host: a\r\nAuthorization: Basic ${btoa(`everything:${password}`)}\r\n`
    for (const chunked of [false, true]) {
      const length = chunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 50000000'
      const head = `POST /produce/strict HTTP/1.1\r\n${basic}${length}\r\n\r\n`
      const { answer, sent } = await pour(gateway(), head, 50_000_000, chunked)
      expect(answer).toStartWith('HTTP/1.1 413')
      expect(answer).toMatch(/\{"result":"Error","error":"[^"]+","status":413\}/)
      expect(sent).toBeLessThan(45_000_000)
    }
    expect(await ends(gateway(), 'strict', [0, 1])).toEqual(before)
  })

  test('one request may name 10 000 topic-partitions: offsets, commit, committed, fetch', async () => {
    const named = Array.from({ length: 10_000 }, (_, i) => ({ topic: 'wide', partition: i % 200 }))
    const group = unique()
    await ask(gateway(), '/produce', { body: { topic: 'wide', partition: 199, value: 'last' } })
    const latest = (await ask(gateway(), '/offsets/latest', { body: named })).body as Got[]
    expect(latest.length).toBe(10_000)
    expect(latest.every(({ partition }, i) => partition === i % 200)).toBe(true)
    const early = (await ask(gateway(), '/offsets/1000', { body: named })).body as Got[]
    expect(early.length).toBe(10_000)
    expect((await ask(gateway(), `/commit/${group}/i`, { body: latest })).status).toBe(200)
    expect((await ask(gateway(), `/committed/${group}/i`, { body: named })).body).toEqual(latest as never)
    const topicPartitionOffsets = early.map((each) => ({ ...each, offset: each.offset }))
    const found = (await ask(gateway(), '/fetch', { body: { topicPartitionOffsets, timeout: 0 } }))
      .body as Got[]
    expect(found.at(-1)).toMatchObject({ partition: 199, value: 'last' })
    const start = performance.now()
    const idle = await ask(gateway(), '/fetch', { body: { topicPartitionOffsets: latest, timeout: 300 } })
    expect(idle.body).toEqual([])
    expect(performance.now() - start).toBeLessThan(3000)
    refused(
      await ask(gateway(), '/fetch', {
        body: { topicPartitionOffsets: [...latest, { topic: 'wide', partition: 200, offset: 0 }] },
      }),
      400,
    )
  })

  test('text beyond the basic plane and headers with odd names or no text are kept as they are', async () => {
    const headers = [
      { key: '', value: 'a name of no letters' },
      { key: 'a b\r\n: "ж"', value: '' },
      { key: '𝄞', value: '👩‍👩‍👧‍👦 𐍈 \u{10ffff}' },
      { key: '__proto__', value: 'x' },
      { key: 'twice', value: '1' },
      { key: 'twice', value: '2' },
    ]
    const message = {
      topic: 'green',
      partition: 1,
      key: '𝒦',
      value: '\u{1f600}\u{10000}\ud83d\ude00\t\u0001',
      headers,
    }
    const { body } = await ask(gateway(), '/produce', { body: message })
    const found = (await ask(gateway(), '/fetch', { body: (body as Got[])[0] })).body as object[]
    expect(found[0]).toMatchObject(message)
  })
}
