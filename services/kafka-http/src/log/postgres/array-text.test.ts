import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type TestDatabase, testDatabase } from '@kontora/testing'
import fc from 'fast-check'
import { migrations } from '../../migrations.node.ts'
import { numberArray, textArray } from './array-text.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase({ name: 'kafka-http', migrations })
})
afterAll(() => database.close())

test('Postgres reads from an array’s text what was written, whatever stands in it', async () => {
  const storable = fc
    .oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ',', ' ', '\n', 'N', 'U', 'L') }),
      fc.constantFrom('null', 'NULL', ''),
    )
    .filter((text) => !text.includes('\u0000') && text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(storable), { minLength: 1 }), async (texts) => {
      const rows = await database.sql<{ one: string | null }[]>`
        select one from unnest(${textArray(texts)}::text::text[]) with ordinality as rows (one, place) order by place`
      expect(rows.map(({ one }) => one)).toEqual(texts)
    }),
    { numRuns: 200 },
  )
})

test('numbers too, up to the largest whole one', async () => {
  const numbers = [0, -1, Number.MAX_SAFE_INTEGER]
  const rows = await database.sql<{ one: number }[]>`
    select one from unnest(${numberArray(numbers)}::text::bigint[]) as rows (one)`
  expect(rows.map(({ one }) => one)).toEqual(numbers)
})
