import { expect, test } from 'bun:test'
import { inTurns } from './in-turns.ts'

test('never more than so many at once, in their order, and one that fails gives its turn on', async () => {
  const turn = inTurns(2)
  const begun: number[] = []
  let [atOnce, most] = [0, 0]
  const work = (number: number) => async () => {
    begun.push(number)
    most = Math.max(most, ++atOnce)
    await Bun.sleep(1)
    atOnce--
    if (number % 3 === 0) throw new Error(`no ${number}`)
    return number
  }
  const numbers = Array.from({ length: 9 }, (_, i) => i)
  const ended = await Promise.allSettled(numbers.map((number) => turn(work(number))))
  expect([most, begun]).toEqual([2, numbers])
  expect(ended.map(({ status }) => status === 'fulfilled')).toEqual(numbers.map((number) => number % 3 !== 0))
})
