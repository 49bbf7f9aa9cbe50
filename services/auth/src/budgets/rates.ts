import type { Resources } from '../resources.ts'

/** So many in a window, which fills again evenly (the generic cell rate algorithm). */
export type Rate = { limit: number; windowMs: number }
type Named = { name: string; key: string; rate: Rate }

/** Seconds until there is room again; 0 when this one had room. Atomic over instances, one row a key. */
export const takeRate = async (
  { sql, now }: Pick<Resources, 'sql' | 'now'>,
  { name, key, rate }: Named,
): Promise<number> => {
  const time = now()
  const eachMs = rate.windowMs / rate.limit
  const first = new Date(time.getTime() + eachMs)
  const last = new Date(time.getTime() + rate.windowMs)
  const step = `${eachMs} milliseconds`
  const taken = await sql`
    insert into rates (name, key, free_at) values (${name}, ${key}, ${first})
    on conflict (name, key) do update set free_at = greatest(rates.free_at, ${time}) + ${step}::interval
    where greatest(rates.free_at, ${time}) + ${step}::interval <= ${last}
    returning name`
  if (taken.length > 0) return 0
  const [row] = await sql<{ freeAt: Date }[]>`
    select free_at from rates where name = ${name} and key = ${key}`
  const wait = (row?.freeAt.getTime() ?? time.getTime()) + eachMs - last.getTime()
  return Math.max(1, Math.ceil(wait / 1000))
}

/** What was right costs nothing. */
export const giveBackRate = async (
  { sql }: Pick<Resources, 'sql'>,
  { name, key, rate }: Named,
): Promise<void> => {
  const step = `${rate.windowMs / rate.limit} milliseconds`
  await sql`update rates set free_at = free_at - ${step}::interval where name = ${name} and key = ${key}`
}
