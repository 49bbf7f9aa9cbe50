import { expect, test } from 'bun:test'
import { inLanes } from './lanes.ts'

const lists = [
  ['a1', 'a2', 'a3'],
  ['b1', 'b2', 'b3'],
  ['c1', 'c2'],
]

test('lists go side by side, and each in its order', async () => {
  const done: string[] = []
  let atWork = 0
  let most = 0
  await inLanes(lists, async (item) => {
    most = Math.max(most, ++atWork)
    await Bun.sleep(item === 'a1' ? 60 : 5)
    done.push(item)
    atWork--
    return true
  })
  expect(most).toBe(3)
  expect(done.slice(0, 5).sort()).toEqual(['b1', 'b2', 'b3', 'c1', 'c2'])
  for (const list of lists) expect(done.filter((item) => list.includes(item))).toEqual(list)
})

test('a list that ends early or fails keeps no other from its end, and the fault comes when all have ended', async () => {
  const done: string[] = []
  const work = inLanes(lists, async (item) => {
    await Bun.sleep(item.startsWith('c') ? 30 : 1)
    if (item === 'a2') throw new Error('ill')
    done.push(item)
    return item !== 'b2'
  })
  await expect(work).rejects.toThrow('ill')
  expect(done.sort()).toEqual(['a1', 'b1', 'b2', 'c1', 'c2'])
})
