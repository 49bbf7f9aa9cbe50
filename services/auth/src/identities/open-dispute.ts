import { authIdentityDisputed, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'
import type { Provider } from './provider.ts'

/** One person at the provider, two accounts here: nobody signs in until the support has found out. One case, however often he tries. */
export const openDispute = async (
  { sql, now, newId, log }: Resources,
  { name: provider, label }: Provider,
  userIds: string[],
): Promise<Problem> => {
  const caseId = await transaction(sql, async (tx) => {
    const dispute = { id: newId(), provider, userIds: tx.json(userIds), openedAt: now() }
    const [opened] = await tx<{ id: string }[]>`
      insert into identity_disputes ${tx(dispute)}
      on conflict (provider, user_ids) do nothing returning id`
    if (!opened) return findDispute(tx, provider, userIds)
    const occurrence = { id: newId(), subject: opened.id, time: dispute.openedAt }
    await emit(tx, authIdentityDisputed, occurrence, { caseId: opened.id, userIds, provider, label })
    log.error('identity-of-two-accounts', { provider, caseId: opened.id })
    return opened.id
  })
  return new Problem('conflict', `This ${label.en} belongs to two accounts; turn to the support`, {
    caseId,
  })
}

const findDispute = async (
  tx: Transaction,
  provider: string,
  userIds: string[],
): Promise<string | undefined> => {
  const [dispute] = await tx<{ id: string }[]>`
    select id from identity_disputes
    where provider = ${provider} and user_ids = ${tx.json(userIds)}`
  return dispute?.id
}
