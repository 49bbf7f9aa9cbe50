import { authRecoveryCodeUsed, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { giveBackGuess, spendGuess } from '../budgets/guesses.ts'
import { giveBackRates, takeRates } from '../budgets/rates.ts'
import type { Resources } from '../resources.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Prover, proveSession } from './prove-session.ts'
import { refusedProof } from './refused-proof.ts'

/** The guess is paid for before anything is compared, and a wrong one stays paid. */
export const proveByRecoveryCode = async (
  resources: Resources,
  prover: Prover & { network: string | undefined },
  code: string,
): Promise<Session> => {
  const { sql, pepper } = resources
  const { userId, sessionId, network } = prover
  const refused = refusedProof(resources, 'This recovery code is not valid')
  await refuseBlocked(resources, userId, refused)
  const codeHash = await pepper('recovery-code', userId, code)
  await takeRates(resources, 'guesses', network)
  const verdict = await transaction(sql, async (tx) => {
    const spent = await spendGuess(tx, resources, sessionId, [`recovery:${userId}`])
    if ('freeAt' in spent) return tooMany(spent.freeAt, resources.now())
    if (spent.isLast) resources.log.warn('guesses-exhausted', { of: 'recovery' })
    if (!(await useCode(tx, resources, prover, codeHash))) return refused
    await giveBackGuess(tx, spent.id)
    return proveSession({ ...resources, sql: tx }, prover, 'recovery-code')
  })
  if (verdict instanceof Problem) throw verdict
  await giveBackRates(resources, 'guesses', network)
  return verdict
}

const tooMany = (freeAt: Date, now: Date): Problem =>
  new Problem('too-many-requests', 'Too many recovery codes were tried', {
    retryAfterSeconds: Math.max(1, Math.ceil((freeAt.getTime() - now.getTime()) / 1000)),
  })

const useCode = async (
  tx: Transaction,
  { now, newId }: Resources,
  { userId, sessionId }: Prover,
  codeHash: string,
): Promise<boolean> => {
  const used = await tx`
    update recovery_codes set used_at = ${now()}
    where user_id = ${userId} and code_hash = ${codeHash} and used_at is null returning code_hash`
  if (used.length === 0) return false
  const [row] = await tx<{ left: number }[]>`
    select count(*)::integer as left from recovery_codes where user_id = ${userId} and used_at is null`
  const occurrence = { id: newId(), subject: userId, time: now() }
  await emit(tx, authRecoveryCodeUsed, occurrence, { userId, sessionId, left: row?.left ?? 0 })
  return true
}
