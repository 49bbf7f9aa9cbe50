import type { Pool } from '@kontora/postgres'
import type { Chance, Log } from '@kontora/service'
import type { Message } from '../log/message-log.ts'
import { waitAfter } from './back-off.ts'
import type { Lease } from './lease.ts'
import { nap } from './nap.ts'
import { giveUp, noteFailure, noteTaken } from './note-outcome.ts'
import { type Answer, postBatch } from './post-batch.ts'
import { type Held, readHeld } from './read-held.ts'
import type { Seal } from './secret.ts'
import { bodyOf, idOf, signedHeaders } from './sign-batch.ts'
import { isAllowed } from './targets.ts'

export type PushResources = Chance & {
  sql: Pool
  log: Log
  seal: Seal
  targets: string[]
  timeoutMs: number
  /** In a row; then the subscription is paused. */
  mostFailures: number
}

/** `rest`: no new post. `cut`: the one under way ends too. */
export type Serving = { lease: Lease; holder: string; rest: AbortSignal; cut: AbortSignal }

/** Posts until the batch is taken. False when it is no longer ours to post. */
export const deliverBatch = async (
  resources: PushResources,
  serving: Serving,
  messages: Message[],
): Promise<boolean> => {
  const { sql, now, random } = resources
  const { lease, holder, rest } = serving
  const body = bodyOf(messages)
  const id = await idOf(lease.subscription, body)
  for (;;) {
    const held = await readHeld(sql, lease, holder, now())
    if (!held || rest.aborted) return false
    const waitMs = held.nextAt.getTime() - now().getTime()
    if (held.failures > 0 && waitMs > 0) {
      await nap(waitMs, rest)
      continue
    }
    const answer = await post(resources, serving, held, { id, body })
    if (answer.taken) {
      if (held.failures > 0) await noteTaken(resources, held.name)
      return true
    }
    const failures = held.failures + 1
    if (answer.gone || failures >= resources.mostFailures) {
      await giveUp(resources, held.name, { ...answer, failures })
      return false
    }
    const chance = random(1)[0] ?? 0
    await noteFailure(resources, held.name, {
      ...answer,
      failures,
      waitMs: waitAfter(failures, chance, answer.retryAfterMs),
    })
  }
}

const never = (reason: string): Answer => ({ taken: false, reason, gone: true, retryAfterMs: undefined })

/** What only an operator can mend pauses at once. */
const post = async (
  { seal, targets, timeoutMs, now }: PushResources,
  { cut }: Serving,
  { name, target, sealed }: Held,
  { id, body }: { id: string; body: string },
): Promise<Answer> => {
  if (!isAllowed(targets, target)) return never('the target is not on the list')
  const secrets = await openAll(seal, name, sealed)
  if (secrets.length === 0) return never('the secrets cannot be opened')
  const headers = signedHeaders(secrets, id, now(), body)
  return postBatch({ target, headers, body, now, timeoutMs, cut })
}

/** One that was sealed with an earlier key is passed over: its successor signs. */
const openAll = async (seal: Seal, name: string, sealed: string[]): Promise<string[]> => {
  const opened = await Promise.allSettled(sealed.map((each) => seal.open(name, each)))
  return opened.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
}
