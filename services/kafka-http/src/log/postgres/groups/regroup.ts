import type { Transaction } from '@kontora/postgres'
import { assignPartitions, type Subscriber } from '../../assign-partitions.ts'
import type { Member, TopicPartition } from '../../message-log.ts'

type Holding = TopicPartition & { holder: string; heir: string | null }

/** First in every transaction that changes who is in a group. Locks are always taken group, instances, holdings. */
export const lockGroup = async (tx: Transaction, group: string): Promise<void> => {
  await tx`
    insert into groups (name, generation) values (${group}, 1)
    on conflict (name) do update set generation = groups.generation + 1`
}

/**
 * Takes the overdue out and shares the partitions anew. One that a living instance holds is only promised to its heir: it
 * changes hands when the holder calls again, or is overdue, so that no two work on it at once.
 */
export const regroup = async (tx: Transaction, group: string, time: Date): Promise<void> => {
  await evictOverdue(tx, group, time)
  const subscribers = await tx<Subscriber[]>`
    select name, topics from instances where group_name = ${group} order by name`
  const held = await tx<Holding[]>`
    select topic, partition, holder, heir from holdings where group_name = ${group}
    order by topic, partition for update`
  const partitions = await tx<TopicPartition[]>`
    select topic, partition from partitions
    where topic in (select jsonb_array_elements_text(topics) from instances where group_name = ${group})
    order by topic, partition`
  const living = new Set(subscribers.map(({ name }) => name))
  const nameOf = ({ topic, partition }: TopicPartition) => `${partition}/${topic}`
  const heldBy = new Map(held.map((holding) => [nameOf(holding), holding]))
  const shares = partitions.map((each) => {
    const holding = heldBy.get(nameOf(each))
    return { ...each, owner: holding?.heir ?? holding?.holder }
  })
  const rows = assignPartitions(subscribers, shares).map(({ topic, partition, owner }) => {
    const holder = heldBy.get(nameOf({ topic, partition }))?.holder
    const keeps = holder !== undefined && living.has(holder)
    return {
      topic,
      partition,
      holder: keeps ? holder : owner,
      heir: keeps && holder !== owner ? owner : null,
    }
  })
  await writeHoldings(tx, group, rows)
}

/** What an overdue instance was answered last and did not commit is read again, also by itself when it comes back. */
export const evictOverdue = async (tx: Transaction, group: string, time: Date): Promise<void> => {
  const overdue = await tx<{ name: string }[]>`
    delete from instances where group_name = ${group} and expires_at <= ${time} returning name`
  for (const { name } of overdue) await forgetPositions(tx, { group, instance: name })
}

export const forgetPositions = async (tx: Transaction, { group, instance }: Member): Promise<void> => {
  await tx`
    update holdings set position = null, answered_position = null
    from (
      select topic, partition from holdings where group_name = ${group} and holder = ${instance}
      order by topic, partition for update
    ) held
    where group_name = ${group} and holdings.topic = held.topic and holdings.partition = held.partition`
}

const writeHoldings = async (tx: Transaction, group: string, rows: Holding[]): Promise<void> => {
  const text = JSON.stringify(rows)
  await tx`
    delete from holdings where group_name = ${group} and (topic, partition) not in (
      select topic, partition from json_to_recordset(${text}::text::json) as kept (topic text, partition integer))`
  await tx`
    insert into holdings as old (group_name, topic, partition, holder, heir)
    select ${group}, topic, partition, holder, heir
    from json_to_recordset(${text}::text::json) as rows (topic text, partition integer, holder text, heir text)
    on conflict (group_name, topic, partition) do update set
      holder = excluded.holder, heir = excluded.heir,
      position = case when old.holder = excluded.holder then old.position end,
      answered_position = case when old.holder = excluded.holder then old.answered_position end`
}
