import * as v from 'valibot'

export const Page = {
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(200)),
    '50',
  ),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w-]+$/),
      v.transform((cursor) => Buffer.from(cursor, 'base64url').toString()),
    ),
  ),
}

/** Items come in order of id; the cursor is opaque to the caller. */
export const pageOf = <Item extends { id: string }>(
  all: Item[],
  { limit, cursor = '' }: { limit: number; cursor?: string | undefined },
): { items: Item[]; nextCursor: string | null } => {
  const rest = all.filter(({ id }) => id > cursor).sort((a, b) => (a.id < b.id ? -1 : 1))
  const items = rest.slice(0, limit)
  const last = rest.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last ? Buffer.from(last.id).toString('base64url') : null }
}
