import { afterCommit, poolOf, type Transaction } from '@kontora/postgres'
import { traceparent } from '@kontora/service'
import * as v from 'valibot'
import type { EventType } from './catalogue/event-type.ts'
import { partitionOf } from './partition.ts'
import { wakeRelay } from './wake.ts'

/** `subject` is the aggregate's id: events of one subject keep the order of their commits. */
export type Occurrence = { id: string; subject: string; time: Date }

const mostCharacters = 200_000
const mostOfSubject = 200

/** Refused here, where it is a bug of one change; in the relay it would stand before all that come after it. */
const refuseTooLarge = (type: string, subject: string, data: unknown): void => {
  if (subject.length > mostOfSubject || JSON.stringify(data).length > mostCharacters)
    throw new Error(`An event ${type} is too large to be sent`)
}

/** Only a transaction can emit: the event is stored with the change that it reports, and the relay is woken after the commit. */
export const emit = async <Schema extends v.GenericSchema>(
  tx: Transaction,
  { type, topic, version, schema }: EventType<Schema>,
  { id, subject, time }: Occurrence,
  data: v.InferInput<Schema>,
): Promise<void> => {
  const content = v.parse(schema, data)
  refuseTooLarge(type, subject, content)
  const row = {
    id,
    topic,
    partition: partitionOf(subject),
    type,
    version,
    subject,
    time,
    traceparent: traceparent(),
  }
  await tx`insert into outbox ${tx({ ...row, data: tx.json(content as never) })}`
  const pool = poolOf(tx)
  afterCommit(tx, () => wakeRelay(pool, row))
}
