import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { assignPartitions } from './assign-partitions.ts'

const names = ['a', 'b', 'c', 'd', 'e']
const subscribers = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 5 })
  .chain((chosen) =>
    fc.tuple(
      ...chosen.map((name) => fc.record({ name: fc.constant(name), topics: fc.subarray(['x', 'y']) })),
    ),
  )
const shares = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })).chain(([x, y]) =>
  fc.tuple(
    ...[...Array(x + y).keys()].map((i) =>
      fc.record({
        topic: fc.constant(i < x ? 'x' : 'y'),
        partition: fc.constant(i < x ? i : i - x),
        owner: fc.option(fc.constantFrom(...names), { nil: undefined }),
      }),
    ),
  ),
)

test('each wanted partition has one owner, who asked for it, and repeating it moves nothing', () => {
  fc.assert(
    fc.property(subscribers, shares, (members, before) => {
      const owned = assignPartitions(members, before)
      const wanted = before.filter(({ topic }) => members.some(({ topics }) => topics.includes(topic)))
      expect(owned.length).toBe(wanted.length)
      expect(new Set(owned.map(({ topic, partition }) => `${topic}${partition}`)).size).toBe(owned.length)
      for (const { topic, owner } of owned)
        expect(members.find(({ name }) => name === owner)?.topics).toContain(topic)
      const sorted = (list: object[]) => list.map((each) => JSON.stringify(each)).sort()
      expect(sorted(assignPartitions(members, owned))).toEqual(sorted(owned))
    }),
  )
})

test('those who ask for the same topic differ by one partition at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), shares, (count, before) => {
      const members = names.slice(0, count).map((name) => ({ name, topics: ['x', 'y'] }))
      const owned = assignPartitions(members, before)
      const loads = members.map(({ name }) => owned.filter(({ owner }) => owner === name).length)
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1)
    }),
  )
})

test('a newcomer takes only his part, and nothing moves between the others', () => {
  const before = [0, 1, 2, 3, 4, 5].map((partition) => ({
    topic: 'x',
    partition,
    owner: partition < 3 ? 'a' : 'b',
  }))
  const members = ['a', 'b', 'c'].map((name) => ({ name, topics: ['x'] }))
  const owned = assignPartitions(members, before)
  const moved = owned.filter(({ partition, owner }) => before[partition]?.owner !== owner)
  expect(moved.map(({ owner }) => owner)).toEqual(['c', 'c'])
})
