import { expect, test } from 'bun:test'
import { openStand, realKafka } from './stand.ts'
import { call, type Message } from './traffic/call.ts'

const member = 'group/reader'
const headers = { 'Kafka-Enable-Auto-Commit': 'false', 'Kafka-Auto-Offset-Reset': 'earliest' }

test('an instance of a gateway that goes down in order goes on at another, where it stood, committed or not', async () => {
  const stand = await openStand(realKafka)
  try {
    const [leaving, staying] = [await stand.startGateway(), await stand.startGateway()]
    const produce = (value: string) => call(staying.url, '/produce', { topic: 'traffic', key: 'k', value })
    const consume = async (url: string) =>
      (
        (await call(url, `/consume/${member}`, { topic: 'traffic', timeout: 2000 }, headers))
          .body as Message[]
      ).map(({ value }) => value)
    await produce('before')
    expect(await consume(leaving.url)).toEqual(['before'])
    // The next call proves that the answer arrived; it is never committed.
    await produce('next')
    expect(await consume(staying.url)).toEqual(['next'])
    leaving.child.kill('SIGTERM')
    expect(await leaving.child.exited).toBe(0)
    await produce('after')
    expect(await consume(staying.url)).toEqual(['after'])
  } finally {
    await stand.stop()
  }
}, 60_000)
