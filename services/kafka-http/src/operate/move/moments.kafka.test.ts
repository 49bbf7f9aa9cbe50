import { expect, test } from 'bun:test'
import { copyMessages } from './copy-messages.ts'
import { moveLog } from './move-log.ts'
import { callFor, dieAt, type MoveStand, now, readAll, withStand } from './test-move.node.ts'

const expectSame = async ({ postgres, kafka }: MoveStand, topics: string[]): Promise<void> =>
  expect(await readAll(kafka, topics)).toEqual(await readAll(postgres, topics))
const message = (topic: string, partition: number) => ({
  topic,
  partition,
  timestamp: 1,
  key: 'k',
  value: 'late',
  headers: [],
})

test(
  'what fills a front that retention took is not seen, also when a run died before it was deleted',
  withStand(async (stand) => {
    const options = stand.optionsOf(() => {})
    const deleteBefore = () => Promise.reject(new Error('died'))
    const dying = moveLog({ ...options, kafka: { ...stand.kafka, deleteBefore } })
    await expect(dying).rejects.toThrow('died')
    await stand.move()
    await expectSame(stand, stand.topics)
  }),
)

test(
  'retention that takes what is just copied shifts no offset',
  withStand(async (stand) => {
    const { sql, big, kafka } = stand
    const spans = await sql<{ topic: string; partition: number; first: number; next: number }[]>`
      select topic, partition, first_offset as first, next_offset as next from partitions where topic = ${big}`
    await kafka.growTopics(new Map([[big, 3]]))
    const retain = async (): Promise<void> => {
      await sql`delete from messages where topic = ${big}`
      await sql`update partitions set first_offset = next_offset where topic = ${big}`
    }
    await copyMessages(stand.optionsOf(retain), spans)
    const ends = await kafka.offsets(spans, 'latest')
    expect(ends.map(({ offset }) => offset)).toEqual(spans.map(({ next }) => next))
    await stand.move()
    await expectSame(stand, [big])
  }),
)

test(
  'a commit that comes in the moment of the switch is in Kafka',
  withStand(async (stand) => {
    const { big: topic, kafka, gateways, member } = stand
    const commits: Promise<boolean>[] = []
    await stand.move((step) => {
      if (step !== 'offsets-copied') return
      for (const log of gateways)
        commits.push(log.commit(member('behind'), [{ topic, partition: 0, offset: 5000 }]))
    })
    expect(await Promise.all(commits)).toEqual([true, true])
    const [place] = await kafka.committed(member('behind').group, [{ topic, partition: 0 }])
    expect(place?.offset).toBe(5000)
  }),
)

test(
  'a closed log answers nobody any more, and waits for the commit of what it answered last',
  withStand(async (stand) => {
    const { big: topic, postgres, gateways, member } = stand
    const call = { ...member('works'), ...callFor(topic), offsetReset: 'earliest' as const }
    const messages = await postgres.consume(call, now)
    const offsets = [...new Map(messages.map((each) => [each.partition, each])).values()].map(
      ({ partition, offset }) => ({ topic, partition, offset: offset + 1 }),
    )
    const seen: unknown[] = []
    let commit: Promise<boolean> | undefined
    await stand.move(async (step) => {
      if (step === 'closed') {
        seen.push(await postgres.consume(call, now).catch((error: Error) => error.message))
        commit = Bun.sleep(600).then(() => gateways[0]?.commit(call, offsets) ?? false)
      }
      if (step === 'copied') seen.push(await postgres.committed(call.group, offsets))
    })
    expect(messages.length).toBeGreaterThan(0)
    expect(seen).toEqual(['The log is being moved; nothing was written', offsets])
    expect(await commit).toBe(true)
  }),
)

test(
  'a topic that grows between two runs is moved whole, and one that is made while the log is closed is made in Kafka',
  withStand(async (stand) => {
    const { big, postgres, kafka, gateways } = stand
    await expect(stand.move(dieAt('some-copied'))).rejects.toThrow('died')
    const more = `${big}-more`
    await postgres.growTopics(
      new Map([
        [big, 4],
        [more, 3],
      ]),
    )
    await postgres.append([message(big, 3), message(more, 2)])
    const [made, late] = [`${big}-made`, `${big}-late`]
    const growing: Promise<void>[] = []
    await stand.move(async (step) => {
      if (step === 'topics-made') await postgres.growTopics(new Map([[made, 3]]))
      if (step === 'topics-made') await postgres.append([message(made, 1)])
      if (step === 'closed') growing.push(...gateways.map((log) => log.growTopics(new Map([[late, 1]]))))
    })
    await Promise.all(growing)
    await expectSame(stand, [...stand.topics, more, made])
    expect(await kafka.fetch([{ topic: big, partition: 3, offset: 0 }], now)).toMatchObject([
      { value: 'late' },
    ])
    expect((await kafka.topics()).get(late)).toBe(1)
    expect((await postgres.topics()).has(late)).toBe(false)
  }),
)
