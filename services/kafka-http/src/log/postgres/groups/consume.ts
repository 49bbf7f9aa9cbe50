import { type Sql, transaction } from '@kontora/postgres'
import { patienceMs, within } from '../../../within.ts'
import type { ConsumeCall, Message, Wait } from '../../message-log.ts'
import type { Succession } from '../../succession.ts'
import type { Watch } from '../watch.ts'
import { arrive } from './arrive.ts'
import type { Deliveries } from './deliveries.ts'
import { isQuiet } from './is-quiet.ts'
import { lockGroup, regroup } from './regroup.ts'
import { type Outcome, takeTurn } from './turn.ts'

export type Groups = {
  sql: Sql
  watch: Watch
  succession: Succession
  deliveries: Deliveries
  now: () => Date
  newId: () => string
  random: (length: number) => Uint8Array
}
type Call = ConsumeCall & { callId: string; signal: AbortSignal }

/** Who hangs up, is overtaken by a later call of his, or meets a Postgres that does not answer, takes nothing along. */
export const consume = (
  groups: Groups,
  call: ConsumeCall,
  { timeoutMs, signal }: Wait,
): Promise<Message[]> => {
  const late = new AbortController()
  const work = groups.succession(JSON.stringify([call.group, call.instance]), async (dismissed) => {
    const anyEnd = AbortSignal.any([signal, dismissed, late.signal])
    const callId = groups.newId()
    const messages = await waitForMessages(groups, { ...call, callId, signal: anyEnd }, timeoutMs)
    if (anyEnd.aborted) return []
    if (messages.length > 0) groups.deliveries.sent(call, callId, AbortSignal.any([signal, late.signal]))
    return messages
  })
  return within(timeoutMs + patienceMs, work).catch((error: unknown) => {
    late.abort()
    throw error
  })
}

/** Waits without a connection; every sign of news is one turn. */
const waitForMessages = async (groups: Groups, call: Call, timeoutMs: number): Promise<Message[]> => {
  const { sql, watch, now } = groups
  if (call.signal.aborted) return []
  const end = now().getTime() + timeoutMs
  const listener = watch.listen(call.topics, call.group)
  try {
    const { joined, sessionTimeoutMs } = await arrive(sql, call, call.callId, now())
    if (joined) watch.groupChanged(call.group)
    const renewMs = sessionTimeoutMs / 3
    for (let news = !(await quiet(groups, call)); ; ) {
      const messages = news ? await readOn(groups, call) : []
      const leftMs = end - now().getTime()
      if (!messages || messages.length > 0 || call.signal.aborted) return messages ?? []
      if (leftMs <= 0 || watch.closed()) {
        await renew(sql, call, now())
        return []
      }
      news = await listener.sleep(Math.min(leftMs, renewMs), call.signal)
      if (!news && leftMs > renewMs && !(await renew(sql, call, now()))) return []
    }
  } finally {
    listener.end()
  }
}

const quiet = ({ sql, now, deliveries }: Groups, call: Call): Promise<boolean> =>
  isQuiet(sql, { ...call, time: now(), hasArrived: deliveries.hasArrived })

const unprovenTries = 8
const unprovenMs = 25

/** Undefined when the call is no longer the instance's own. */
const readOn = async (groups: Groups, call: Call): Promise<Message[] | undefined> => {
  for (let tries = 0; ; ) {
    const outcome = await turn(groups, call, tries >= unprovenTries)
    if (outcome.state === 'gone') return undefined
    if (outcome.state === 'answered') {
      if (outcome.handedOver) await announce(groups, call.group)
      return outcome.messages
    }
    if (outcome.state === 'stale') await shareAnew(groups, call.group)
    else {
      tries++
      await new Promise((resolve) => setTimeout(resolve, unprovenMs))
    }
  }
}

const turn = async (
  { sql, now, random, deliveries }: Groups,
  { group, instance, callId, signal, most }: Call,
  impatient: boolean,
): Promise<Outcome> => {
  const [chance = 0] = random(1)
  const { hasArrived } = deliveries
  const time = now()
  try {
    return await takeTurn(sql, { group, instance, callId, signal, most, time, chance, hasArrived, impatient })
  } catch (error) {
    if (signal.aborted) return { state: 'gone' }
    throw error
  }
}

const shareAnew = async ({ sql, watch, now }: Groups, group: string): Promise<void> => {
  await transaction(sql, async (tx) => {
    await lockGroup(tx, group)
    await regroup(tx, group, now())
  })
  watch.groupChanged(group)
}

const announce = async ({ sql, watch }: Groups, group: string): Promise<void> => {
  await sql`update groups set generation = generation + 1 where name = ${group}`
  watch.groupChanged(group)
}

/** A waiting caller is a living one. False when the call is no longer the instance's own. */
const renew = async (sql: Sql, { group, instance, callId }: Call, time: Date): Promise<boolean> => {
  const renewed = await sql`
    update instances set expires_at = ${time}::timestamptz + session_timeout_ms * interval '1 ms'
    where group_name = ${group} and name = ${instance} and call_id = ${callId} returning name`
  return renewed.length > 0
}
