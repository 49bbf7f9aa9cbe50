import { expect, test } from 'bun:test'
import { runCli } from '../../run-door.node.ts'
import { dieAt, type MoveStand, readAll, withStand } from './test-move.node.ts'
import { undoMove } from './undo-move.ts'

const foreign = (topic: string, partition = 0) => ({
  topic,
  partition,
  timestamp: 1,
  key: null,
  value: 'foreign',
  headers: [],
})
const isOpen = async ({ sql, postgres, big }: MoveStand): Promise<boolean> => {
  const closed = await sql`select topic from partitions where closed`
  return closed.length === 0 && (await postgres.append([foreign(big)])).length === 1
}

test(
  'the command tells what undoing did, and refuses it once Kafka has the log',
  withStand(async (stand) => {
    const undo = () => runCli(['move', '--undo'], stand.env)
    expect(await undo()).toMatchObject({ code: 0, out: expect.stringContaining('nothing to undo') })
    await stand.move(dieAt('closed')).catch(() => {})
    expect(await isOpen(stand).catch(() => false)).toBe(false)
    expect(await undo()).toMatchObject({ code: 0, out: expect.stringContaining('goes on in Postgres') })
    expect(await isOpen(stand)).toBe(true)
    expect((await runCli(['move', '--back'], stand.env)).code).toBe(2)
    const moved = await runCli(['move'], stand.env)
    expect(moved).toMatchObject({ code: 0, error: expect.stringContaining('closing the log in Postgres') })
    await stand.kafka.append([foreign(stand.big)])
    expect(await undo()).toMatchObject({ code: 1, error: expect.stringContaining('would be lost') })
    const again = await runCli(['move'], stand.env)
    expect(again).toMatchObject({ code: 1, error: expect.stringContaining('has moved already') })
    await expect(stand.postgres.append([foreign(stand.big)])).rejects.toThrow('being moved')
  }),
)

test(
  'while one moves the log another neither moves nor undoes it',
  withStand(async (stand) => {
    const tried: unknown[] = []
    await stand.move(async (step) => {
      if (step !== 'closed' && step !== 'offsets-copied') return
      for (const other of [() => undoMove(stand.sql), stand.move])
        tried.push(await other().catch((error: Error) => error.message))
    })
    expect(tried).toEqual(Array.from({ length: 4 }, () => 'A move is under way: end it first'))
    const [from, to] = [await readAll(stand.postgres, stand.topics), await readAll(stand.kafka, stand.topics)]
    expect(to).toEqual(from)
  }),
)

test(
  'a topic in Kafka that holds something else, be it less, or has more partitions is refused, and Postgres stays open',
  withStand(async (stand) => {
    await stand.kafka.growTopics(new Map([[stand.big, 3]]))
    await stand.kafka.append([foreign(stand.big)])
    await expect(stand.move()).rejects.toThrow(`The topic ${stand.big} holds other messages in Kafka`)
    await stand.kafka.growTopics(new Map([[stand.big, 4]]))
    await expect(stand.move()).rejects.toThrow('more partitions in Kafka')
    expect(await isOpen(stand)).toBe(true)
  }),
)

test.each(['some-copied', 'closed'] as const)(
  'who writes to Kafka past the move (%s) stops it, and what he wrote stops it again; undone, Postgres goes on',
  (moment) =>
    withStand(async (stand) => {
      let written = false
      const intrude = async (): Promise<void> => {
        if (written) return
        written = true
        await stand.kafka.append([foreign(stand.big), foreign(stand.big, 1), foreign(stand.big, 2)])
      }
      const moving = stand.move((step) => (step === moment ? intrude() : undefined))
      await expect(moving).rejects.toThrow('the move stops')
      await expect(stand.move()).rejects.toThrow('holds other messages')
      await undoMove(stand.sql)
      expect(await isOpen(stand)).toBe(true)
    })(),
)
