import { type Sql, transaction } from '@kontora/postgres'
import type { ConsumeCall } from '../../message-log.ts'
import { evictOverdue, lockGroup, regroup } from './regroup.ts'

type Arrival = { joined: boolean; sessionTimeoutMs: number }

/**
 * A consume call takes the instance over from any earlier call, and makes it when there is none or it is overdue. That it lives
 * need not outlive Postgres: nobody waits for the disk.
 */
export const arrive = async (sql: Sql, call: ConsumeCall, callId: string, time: Date): Promise<Arrival> => {
  const [known] = await sql<{ sessionTimeoutMs: number }[]>`
    with quick as materialized (select set_config('synchronous_commit', 'off', true))
    update instances set call_id = ${callId},
      expires_at = ${time}::timestamptz + session_timeout_ms * interval '1 ms'
    from quick
    where group_name = ${call.group} and name = ${call.instance} and expires_at > ${time}
      and topics = ${sql.json(call.topics)}
    returning session_timeout_ms`
  if (known) return { joined: false, ...known }
  return transaction(sql, async (tx) => {
    await lockGroup(tx, call.group)
    await evictOverdue(tx, call.group, time)
    const [instance] = await tx<{ sessionTimeoutMs: number }[]>`
      insert into instances ${tx({
        group_name: call.group,
        name: call.instance,
        topics: tx.json(call.topics),
        auto_commit: call.autoCommit,
        offset_reset: call.offsetReset,
        session_timeout_ms: call.sessionTimeoutMs,
        call_id: callId,
        answer_arrived: false,
        expires_at: new Date(time.getTime() + call.sessionTimeoutMs),
      })}
      on conflict (group_name, name) do update set topics = excluded.topics, call_id = excluded.call_id,
        expires_at = ${time}::timestamptz + instances.session_timeout_ms * interval '1 ms'
      returning session_timeout_ms`
    await regroup(tx, call.group, time)
    return { joined: true, sessionTimeoutMs: call.sessionTimeoutMs, ...instance }
  })
}
