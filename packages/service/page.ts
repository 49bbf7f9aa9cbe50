import { Id, PageLimit } from '@kontora/validation'
import * as v from 'valibot'

export const pageFields = { limit: PageLimit, cursor: v.optional(Id) }

export const PageOf = <Schema extends v.GenericSchema>(item: Schema) =>
  v.object({ items: v.array(item), nextCursor: v.optional(v.string()) })

/** `rows` were read with a limit one higher than asked for: the one too many says that there is a next page. */
export const pageOf = <Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) => {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, ...(rows.length > limit && last && { nextCursor: cursorOf(last) }) }
}
