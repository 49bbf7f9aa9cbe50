import { expect, test } from 'bun:test'
import type { MoveStep } from './move-log.ts'
import { committedOf, dieAt, type MoveStand, readAll, withStand } from './test-move.node.ts'
import { expectWhole, startTraffic } from './test-traffic.node.ts'
import { undoMove } from './undo-move.ts'

/** What Postgres held when it was closed is in Kafka as it was; behind it is what was written since. */
const expectMoved = async (stand: MoveStand, traffic: ReturnType<typeof startTraffic>): Promise<void> => {
  const { postgres, kafka, topics, member } = stand
  const [from, to] = [await readAll(postgres, topics), await readAll(kafka, topics)]
  expect(to.starts).toEqual(from.starts)
  const placeOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`
  const endOf = new Map(from.ends.map((end) => [placeOf(end), end.offset]))
  const isOld = (each: { topic: string; partition: number; offset: number }) =>
    each.offset < (endOf.get(placeOf(each)) ?? 0)
  expect(to.messages.filter(isOld)).toEqual(from.messages)
  const { written, committed } = await traffic.stop()
  expectWhole((await readAll(kafka, topics)).messages, written)
  expect(written.filter(isOld).length).toBeGreaterThan(0)
  expect(written.some((each) => !isOld(each))).toBe(true)
  const { group } = member('commits')
  const [place] = await kafka.committed(group, [{ topic: stand.big, partition: 0 }])
  expect(place?.offset).toBe(committed)
  const behind = member('behind').group
  expect(await committedOf(kafka, behind)).toEqual(await committedOf(postgres, behind))
  const begun = await committedOf(kafka, member('begun').group)
  expect(begun.map(({ offset }) => offset)).toEqual([11_000, 1500, 0])
}

const deaths: [MoveStep, number][] = [
  ['topics-made', 1],
  ['some-copied', 1],
  ['some-copied', 4],
  ['closed', 1],
  ['copied', 1],
  ['offsets-copied', 1],
]

test.each(deaths)('a move that dies behind %s (%i) is run again, and goes on where it was', (step, nth) =>
  withStand(async (stand) => {
    const traffic = startTraffic(stand)
    await traffic.more()
    await expect(stand.move(dieAt(step, nth))).rejects.toThrow('died')
    await Bun.sleep(400)
    await stand.move()
    await traffic.more()
    await expectMoved(stand, traffic)
  })(),
)

test.each(deaths)(
  'a move that dies behind %s (%i) is undone: Postgres goes on, and a later move brings all',
  (step, nth) =>
    withStand(async (stand) => {
      const traffic = startTraffic(stand)
      await traffic.more()
      await expect(stand.move(dieAt(step, nth))).rejects.toThrow('died')
      await Bun.sleep(400)
      await undoMove(stand.sql)
      await traffic.more()
      const places = stand.gateways.map(({ place }) => place())
      expect(places).toEqual(['postgres', 'postgres'])
      await stand.move()
      await traffic.more()
      await expectMoved(stand, traffic)
    })(),
)

test(
  'a move that dies right behind the switch has moved: it is neither run again nor undone',
  withStand(async (stand) => {
    const traffic = startTraffic(stand)
    await traffic.more()
    await expect(stand.move(dieAt('switched'))).rejects.toThrow('died')
    await traffic.more()
    await expect(stand.move()).rejects.toThrow('The log has moved already')
    await expect(undoMove(stand.sql)).rejects.toThrow('would be lost')
    await traffic.more()
    await expectMoved(stand, traffic)
  }),
)

test(
  'commands that are killed with -9 wherever they are, until one comes to its end, lose and double nothing',
  withStand(async (stand) => {
    const traffic = startTraffic(stand)
    await traffic.more()
    const cli = new URL('../../cli.ts', import.meta.url).pathname
    const hasMoved = async () => (await stand.sql`select moved_at from log_moves`).length > 0
    let runs = 0
    for (; !(await hasMoved()); runs++) {
      const child = Bun.spawn([process.execPath, cli, 'move'], {
        env: stand.env,
        stdout: 'ignore',
        stderr: 'ignore',
      })
      const timer = setTimeout(() => child.kill(9), 250 + runs * 20 + Math.random() * 40)
      await child.exited
      clearTimeout(timer)
    }
    expect(runs).toBeGreaterThan(1)
    await traffic.more()
    await expectMoved(stand, traffic)
  }),
  60_000,
)
