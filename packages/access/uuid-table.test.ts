import { expect, test } from 'bun:test'
import { createUuidTable } from './uuid-table.ts'

const seeded = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
type Random = ReturnType<typeof seeded>

const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => random(16).toString(16)).join('')
/** Neighbours in time, as ours are, or without any order. */
const drawId = (random: Random): string =>
  random(2) === 0
    ? `01936c0a-${hex(random, 4)}-7${hex(random, 3)}-8${hex(random, 3)}-${hex(random, 12)}`
    : `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`

const pack = (entries: [string, number][]): Uint8Array => {
  const bytes = new Uint8Array(entries.length * 20)
  const view = new DataView(bytes.buffer)
  for (const [i, [id, value]] of entries.entries()) {
    const digits = id.replaceAll('-', '')
    for (let word = 0; word < 4; word++)
      view.setUint32(i * 20 + word * 4, Number.parseInt(digits.slice(word * 8, word * 8 + 8), 16))
    view.setUint32(i * 20 + 16, value)
  }
  return bytes
}

test('it tells what a Map tells, while it grows, is overwritten, swept and asked for what it never had', () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const random = seeded(seed)
  const table = createUuidTable(random(2) * 1000)
  const model = new Map<string, number>()
  const ids = Array.from({ length: 30_000 }, () => drawId(random))
  const some = () => ids[random(ids.length)] ?? ''
  for (let round = 0; round < 40; round++) {
    const entries = Array.from({ length: random(3000) }, (): [string, number] => [
      some(),
      1 + random(2 ** 32 - 1),
    ])
    table.addPacked(pack(entries))
    for (const [id, value] of entries) model.set(id, value)
    const [one, value] = [some(), 1 + random(1000)]
    table.addPacked(pack([[one, value]]))
    model.set(one, value)
    if (random(4) === 0) {
      const bound = random(2 ** 31)
      for (let shard = 0; shard < 256; shard++) table.sweep((kept) => kept >= bound)
      for (const [id, kept] of model) if (kept < bound) model.delete(id)
    }
    expect(table.count()).toBe(model.size)
    for (const id of [...Array.from({ length: 500 }, some), drawId(random)])
      expect([id, table.get(id)]).toEqual([id, model.get(id) ?? 0])
  }
  for (const id of ids) if (table.get(id) !== (model.get(id) ?? 0)) throw new Error(`${id} is told wrongly`)
})

test('a sweep forgets in one shard after another, and the memory shrinks with it', () => {
  const table = createUuidTable()
  const random = seeded(1)
  for (let i = 0; i < 5000; i++) table.addPacked(pack([[drawId(random), 1 + (i % 2)]]))
  const before = table.count()
  table.sweep((value) => value === 2)
  expect(table.count()).toBeLessThan(before)
  expect(table.count()).toBeGreaterThan(before - 100)
  for (let shard = 1; shard < 256; shard++) table.sweep((value) => value === 2)
  expect(table.count()).toBe(2500)
})

test('what is no UUID is not there; large letters are the same', () => {
  const table = createUuidTable()
  const id = '0193b0a2-7f11-7abc-8def-0123456789ab'
  table.addPacked(pack([[id, 7]]))
  for (const wrong of [
    '',
    'x',
    `${id}0`,
    id.replace('-', '0'),
    id.replace('a', 'g'),
    id.replaceAll('-', ''),
  ]) {
    expect(table.get(wrong)).toBe(0)
  }
  expect(table.get(id)).toBe(7)
  expect(table.get(id.toUpperCase())).toBe(7)
  expect(table.get(id.replace('ab', 'ac'))).toBe(0)
})
