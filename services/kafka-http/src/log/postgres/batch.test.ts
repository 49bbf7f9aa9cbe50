import { expect, test } from 'bun:test'
import type { NewMessage, Stored } from '../message-log.ts'
import { createBatches } from './batch.ts'

const message = (value: string): NewMessage => ({
  topic: 'red',
  partition: 0,
  timestamp: 0,
  key: null,
  value,
  headers: [],
})

/** A Postgres that answers when it is told to. */
const stand = () => {
  let ms = 0
  const written: string[][] = []
  const open: ((fault?: Error) => void)[] = []
  const { write: append } = createBatches(
    (messages) => {
      written.push(messages.map(({ value }) => value ?? ''))
      return new Promise<Stored[]>((resolve, reject) => {
        const stored = messages.map(({ topic, partition, timestamp }, offset) => ({
          topic,
          partition,
          offset,
          timestamp,
        }))
        open.push((fault) => (fault ? reject(fault) : resolve(stored)))
      })
    },
    () => new Date(ms),
  )
  const answer = async (fault?: Error): Promise<void> => {
    open.shift()?.(fault)
    await Bun.sleep(1)
  }
  return { append, written, answer, pass: (more: number) => (ms += more) }
}

test('requests that come while others are written go together in the next transaction, each with its own answer', async () => {
  const { append, written, answer } = stand()
  const answers = ['a', 'b', 'c'].map((value) => append([message(value), message(value)]))
  expect(written).toEqual([['a', 'a']])
  await answer()
  expect(written).toEqual([
    ['a', 'a'],
    ['b', 'b', 'c', 'c'],
  ])
  await answer()
  expect((await Promise.all(answers)).map((stored) => stored.map(({ offset }) => offset))).toEqual([
    [0, 1],
    [0, 1],
    [2, 3],
  ])
})

test('what waited until its caller was told that Postgres does not answer is not written afterwards', async () => {
  const { append, written, answer, pass } = stand()
  const first = append([message('in flight')])
  const second = append([message('waits')]).catch((error: unknown) => error)
  pass(4000)
  const third = append([message('waits less')])
  pass(2000)
  await answer()
  expect(await first).toHaveLength(1)
  expect(await second).toMatchObject({ code: 'unavailable' })
  expect(written).toEqual([['in flight'], ['waits less']])
  await answer()
  expect(await third).toHaveLength(1)
})

test('one that cannot be written does not take the others with it', async () => {
  const { append, written, answer } = stand()
  const first = append([message('first')])
  const [bad, good] = [append([message('bad')]).catch((error: unknown) => error), append([message('good')])]
  await answer()
  await answer(new Error('no'))
  await answer(new Error('no'))
  await answer()
  expect(await bad).toMatchObject({ message: 'no' })
  expect(await good).toHaveLength(1)
  expect(await first).toHaveLength(1)
  expect(written.at(-1)).toEqual(['good'])
})
