import { type Emitter, emit, notificationFailed } from '@kontora/events'
import { wakeJob } from '@kontora/jobs'
import { type Transaction, transaction } from '@kontora/postgres'
import { traceparent } from '@kontora/service'
import { type CodeLetter, openCodeLetter } from '../keys/open-code-letter.ts'
import type { Resources } from '../resources.ts'
import { isSuppressed } from '../suppressions/suppressions.ts'
import { renderLetter } from '../templates/render-letter.ts'
import { freezeLetter } from './freeze-letter.ts'

type CodeRequest = { flowId: string; letter: string; expiresAt: string }

/** Its letter is frozen and sealed at once: the code is nowhere else. A newer code of the same sign-in takes the older's place. */
export const queueCode = async (resources: Resources, _: Emitter, request: CodeRequest): Promise<void> => {
  const expiresAt = new Date(request.expiresAt)
  if (!(expiresAt > resources.now())) return
  const asked = await openCodeLetter(resources, request.letter)
  await transaction(resources.sql, async (tx) => {
    await tx`
      update messages set state = 'skipped', reason = 'newer code', letter_sealed = null, settled_at = ${resources.now()}
      where flow_id = ${request.flowId} and state in ('ready', 'parked') and expires_at <= ${expiresAt}`
    if (await isSuppressed({ ...resources, sql: tx }, asked.email, 'all'))
      return insertSuppressed(tx, resources, request.flowId, expiresAt)
    await insertReady(tx, resources, { flowId: request.flowId, expiresAt, asked })
    wakeJob(tx, 'send-codes')
  })
}

const rowOf = (resources: Resources, flowId: string, expiresAt: Date) => {
  const time = resources.now()
  return {
    id: resources.newId(),
    kind: 'login-code',
    priority: 0,
    userId: null,
    flowId,
    attempts: 0,
    expiresAt,
    askAt: time,
    createdAt: time,
    traceparent: traceparent(),
  }
}

const insertReady = async (
  tx: Transaction,
  resources: Resources,
  { flowId, expiresAt, asked }: { flowId: string; expiresAt: Date; asked: CodeLetter },
): Promise<void> => {
  const row = rowOf(resources, flowId, expiresAt)
  const minutes = Math.max(1, Math.round((expiresAt.getTime() - row.createdAt.getTime()) / 60_000))
  const rendered = await renderLetter(
    { kind: 'login-code', code: asked.code, minutes, purpose: asked.purpose },
    { locale: asked.locale, displayName: null },
    { portalUrl: resources.portalUrl },
  )
  const letterSealed = await freezeLetter(
    resources,
    { id: row.id, kind: 'login-code' },
    asked.email,
    rendered,
  )
  await tx`insert into messages ${tx({ ...row, content: tx.json({}), state: 'ready', letterSealed })}`
}

const insertSuppressed = async (
  tx: Transaction,
  resources: Resources,
  flowId: string,
  expiresAt: Date,
): Promise<void> => {
  const row = rowOf(resources, flowId, expiresAt)
  const settled = { state: 'failed', reason: 'suppressed', settledAt: row.createdAt }
  await tx`insert into messages ${tx({ ...row, content: tx.json({}), ...settled })}`
  await emit(
    tx,
    notificationFailed,
    { id: resources.newId(), subject: row.id, time: row.createdAt },
    { messageId: row.id, kind: row.kind, userId: null },
  )
}
