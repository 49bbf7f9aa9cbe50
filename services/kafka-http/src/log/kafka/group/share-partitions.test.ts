import { expect, test } from 'bun:test'
import { decodeConsumerProtocolAssignment } from '@platformatic/kafka/core'
import { encodeSubscription, sharePartitions } from './share-partitions.node.ts'

const topic = 'x'

/** Name → in which generation it was last, and what it holds. */
const share = (members: Record<string, [generation: number, ...held: number[]]>, count: number) => {
  const subscribers = Object.entries(members).map(([memberId, [generation, ...held]]) => ({
    memberId,
    metadata: encodeSubscription({
      topics: [topic],
      owned: held.map((partition) => ({ topic, partition })),
      generation,
    }),
  }))
  const { assignments, withheld } = sharePartitions(subscribers, new Map([[topic, count]]))
  const given = assignments.map(({ memberId, assignment }): [string, number[]] => [
    memberId,
    decodeConsumerProtocolAssignment(assignment).assignedPartitions.flatMap(({ partitions }) => partitions),
  ])
  return { given: Object.fromEntries(given), withheld }
}

test('what moves is given to nobody until its holder has let go of it', () => {
  expect(share({ a: [4, 0, 1], b: [-1] }, 2)).toEqual({ given: { a: [1], b: [] }, withheld: 1 })
  expect(share({ a: [5, 0], b: [5] }, 2)).toEqual({ given: { a: [0], b: [1] }, withheld: 0 })
})

test('who missed a generation holds on to what is his, and nobody else gets it meanwhile', () => {
  expect(share({ a: [4, 0, 1], b: [5], c: [5] }, 3)).toEqual({
    given: { a: [1], b: [2], c: [] },
    withheld: 1,
  })
})

test('what another holds since a later generation is no longer his who held it before', () => {
  expect(share({ a: [4, 0], b: [5, 0, 1] }, 2)).toEqual({ given: { a: [], b: [1] }, withheld: 1 })
  expect(share({ b: [5, 0, 1], a: [4, 0] }, 2)).toEqual({ given: { a: [], b: [1] }, withheld: 1 })
})
