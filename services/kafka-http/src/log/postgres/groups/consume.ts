import { type Sql, transaction } from '@kontora/postgres'
import type { ConsumeCall, Message, Wait } from '../../message-log.ts'
import type { Watch } from '../watch.ts'
import { arrive } from './arrive.ts'
import { lockGroup, regroup } from './regroup.ts'
import { type Outcome, type Turn, takeBack, takeTurn } from './turn.ts'

export type GroupState = {
  sql: Sql
  watch: Watch
  now: () => Date
  newId: () => string
  random: (length: number) => Uint8Array
}

/** Waits without a connection; every sign of news is one turn. */
export const consume = async (state: GroupState, call: ConsumeCall, wait: Wait): Promise<Message[]> => {
  const { sql, watch, now } = state
  const callId = state.newId()
  const end = now().getTime() + wait.timeoutMs
  const listener = watch.listen(call.topics, call.group)
  try {
    if (await arrive(sql, call, callId, now())) watch.groupChanged(call.group)
    for (let news = true; ; ) {
      const outcome = news ? await turnOnce(state, call, callId, wait.signal) : undefined
      if (outcome?.state === 'gone') return []
      if (outcome?.state === 'answered' && outcome.messages.length > 0) return outcome.messages
      const leftMs = end - now().getTime()
      if (leftMs <= 0 || wait.signal.aborted || watch.closed()) {
        await renew(sql, call, callId, now())
        return []
      }
      const renewMs = call.sessionTimeoutMs / 3
      news = await listener.sleep(Math.min(leftMs, renewMs), wait.signal)
      if (!news && leftMs > renewMs && !(await renew(sql, call, callId, now()))) return []
    }
  } finally {
    listener.end()
  }
}

const turnOnce = async (
  state: GroupState,
  call: ConsumeCall,
  callId: string,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { sql, watch, now } = state
  const { group, instance } = call
  const [chance = 0] = state.random(1)
  const turn: Turn = { group, instance, callId, time: now(), signal, chance }
  const outcome = await takeTurn(sql, turn).catch((error: unknown): Outcome => {
    if (signal.aborted) return { state: 'gone' }
    throw error
  })
  if (outcome.state === 'stale') {
    await transaction(sql, async (tx) => {
      await lockGroup(tx, group)
      await regroup(tx, group, now())
    })
    watch.groupChanged(group)
    return turnOnce(state, call, callId, signal)
  }
  if (outcome.state !== 'answered') return outcome
  if (outcome.handedOver) await announce(state, group)
  if (outcome.messages.length > 0) await takeBackWhenLost(state, turn, outcome.before)
  return outcome
}

const takeBackWhenLost = async (
  { sql }: GroupState,
  turn: Turn,
  before: Extract<Outcome, { state: 'answered' }>['before'],
): Promise<void> => {
  if (turn.signal.aborted) return takeBack(sql, turn, before)
  // Postgres away as well: then the instance is evicted, and its holdings are read again from what was committed.
  turn.signal.addEventListener('abort', () => void takeBack(sql, turn, before).catch(() => {}), {
    once: true,
  })
}

const announce = async ({ sql, watch }: GroupState, group: string): Promise<void> => {
  await sql`update groups set generation = generation + 1 where name = ${group}`
  watch.groupChanged(group)
}

/** A waiting caller is a living one. False when the call is no longer the instance's own. */
const renew = async (sql: Sql, call: ConsumeCall, callId: string, time: Date): Promise<boolean> => {
  const renewed = await sql`
    update instances set expires_at = ${time}::timestamptz + session_timeout_ms * interval '1 ms'
    where group_name = ${call.group} and name = ${call.instance} and call_id = ${callId} returning name`
  return renewed.length > 0
}
