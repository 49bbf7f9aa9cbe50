import { expect, test } from 'bun:test'
import { answerJson } from './answer-json.ts'

test('short and long answers arrive whole, as JSON in UTF-8', async () => {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: async (request) => {
      const value = await request.json()
      // Not within the turn in which the request came, as when a log is asked.
      await Bun.sleep(1)
      return answerJson(value)
    },
  })
  for (const length of [0, 10, 5000, 20_000, 500_000]) {
    const value = { text: 'ы😀'.repeat(length), list: [null, length] }
    const answer = await fetch(server.url, { method: 'POST', body: JSON.stringify(value) })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await answer.json()).toEqual(value)
  }
  await server.stop(true)
})
