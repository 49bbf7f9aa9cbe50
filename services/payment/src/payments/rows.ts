/** Times as an answer has them. */
const told = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value)

export const rowsOf = async <Row extends object>(query: PromiseLike<readonly object[]>): Promise<Row[]> =>
  (await query).map(
    (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, told(value)])) as Row,
  )
