import { expect, test } from 'bun:test'
import { connect, encodeRequest, readAnswer } from './connection.ts'
import { runRound } from './rounds.ts'

const heads = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'

test('an answer is whole when its last byte is there, by its length or by its last chunk', () => {
  const sized = Buffer.from(`${heads}Content-Length: 2\r\n\r\n[]`)
  const chunks = '1\r\n[\r\n1\r\n]\r\n0\r\n\r\n'
  const chunked = Buffer.from(`${heads}Transfer-Encoding: chunked\r\n\r\n${chunks}`)
  for (const whole of [sized, chunked]) {
    for (let end = 0; end < whole.length; end++) expect(readAnswer(whole.subarray(0, end))).toBeUndefined()
    expect(readAnswer(whole)?.status).toBe(200)
    expect(Buffer.from(readAnswer(whole)?.body ?? []).toString()).toBe('[]')
  }
})

test('large requests and answers pass whole over one connection', async () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => new Response(await request.text()),
  })
  const url = new URL(`http://user:password@127.0.0.1:${server.port}`)
  const connection = await connect(url)
  for (const size of [0, 1, 1_000_000, 3]) {
    const body = 'x'.repeat(size)
    const answer = await connection.ask(encodeRequest(url, '/', body))
    expect(Buffer.from(answer.body).toString()).toBe(body)
  }
  connection.close()
  await server.stop(true)
})

test('a round counts what all its workers did', async () => {
  const counts = [0, 0, 0]
  const workers = counts.map((_, i) => async () => {
    await Bun.sleep(1)
    counts[i] = (counts[i] ?? 0) + 7
    return 7
  })
  const { messages } = await runRound(workers, { ms: 50 })
  expect(messages).toBe(counts.reduce((sum, count) => sum + count))
})
