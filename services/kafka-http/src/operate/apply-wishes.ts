import { type Sql, type Transaction, transaction } from '@kontora/postgres'
import * as v from 'valibot'
import { hashOf } from '../credentials/password.ts'
import { TopicName } from '../http/schema.ts'
import type { MessageLog } from '../log/message-log.ts'
import { growTopics } from '../log/postgres/grow-topics.ts'

const Name = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,100}$/, 'letters, digits, . _ -'))
const Password = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,200}$/, '16 to 200 visible ASCII characters'))
const Topics = v.optional(
  v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]*\*?$/, 'a topic, the start of topics with * or *'))),
  [],
)

const Limit = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31 - 1)))

/** What shall be there. Topics only grow; a credential gets exactly these rights and limits; what is not named stays as it is. */
export const Wishes = v.object({
  topics: v.optional(
    v.record(TopicName, v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
    {},
  ),
  credentials: v.optional(
    v.array(
      v.object({
        name: Name,
        password: Password,
        produce: Topics,
        consume: Topics,
        all: Topics,
        limits: v.optional(v.object({ requestsPerSecond: Limit, bytesPerSecond: Limit })),
      }),
    ),
    [],
  ),
})
export type Wishes = v.InferOutput<typeof Wishes>

/** The topics go to the log, which is Postgres' own unless it is said otherwise. */
export const applyWishes = async (
  sql: Sql,
  now: () => Date,
  { topics, credentials }: Wishes,
  grow: MessageLog['growTopics'] = (counts) => growTopics(sql, now(), counts),
): Promise<void> => {
  await grow(new Map(Object.entries(topics)))
  await transaction(sql, async (tx) => {
    for (const credential of credentials) await putCredential(tx, now(), credential)
  })
}

const putCredential = async (
  tx: Transaction,
  time: Date,
  { name, password, produce, consume, all, limits }: Wishes['credentials'][number],
): Promise<void> => {
  const { requestsPerSecond = null, bytesPerSecond = null } = limits ?? {}
  await tx`
    insert into credentials as old (name, password_hash, changed_at, requests_per_second, bytes_per_second)
    values (${name}, ${await hashOf(password)}, ${time}, ${requestsPerSecond}, ${bytesPerSecond})
    on conflict (name) do update set password_hash = excluded.password_hash,
      requests_per_second = excluded.requests_per_second, bytes_per_second = excluded.bytes_per_second,
      changed_at = case when old.password_hash = excluded.password_hash then old.changed_at
        else excluded.changed_at end`
  await tx`delete from credential_rights where credential = ${name}`
  const rights = { PRODUCE: produce, CONSUME: consume, ALL: all }
  const rows = Object.entries(rights).flatMap(([permission, patterns]) =>
    [...new Set(patterns)].map((topics) => ({ credential: name, permission, topics })),
  )
  if (rows.length > 0) await tx`insert into credential_rights ${tx(rows)}`
}
