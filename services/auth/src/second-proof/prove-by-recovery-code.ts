import { authRecoveryCodeUsed, emit } from '@kontora/events'
import { type Transaction, transaction } from '@kontora/postgres'
import { Problem } from '@kontora/service'
import { accountLimit, secondsUntil } from '../budgets/budget.ts'
import { type Account, giveBackGuess, leftOf, type Slot, spendGuess } from '../budgets/guesses.ts'
import { giveBackRates, networkRate, takeRates } from '../budgets/rates.ts'
import type { Resources } from '../resources.ts'
import { refuseBlocked } from '../sessions/open-session.ts'
import type { Session } from '../sessions/session.ts'
import { type Prover, proveSession } from './prove-session.ts'
import { refusedProof } from './refused-proof.ts'

/** The guess is paid for before anything is compared, and a wrong one stays paid. */
export const proveByRecoveryCode = async (
  resources: Resources,
  prover: Prover,
  code: string,
): Promise<Session> => {
  const { userId, sessionId, caller } = prover
  const refused = refusedProof(resources, 'This recovery code is not valid')
  await refuseBlocked(resources, userId, refused)
  const codeHashes = await resources.pepper.each('recovery-code', userId, code)
  const rates = networkRate(resources, 'guesses', caller.network)
  await takeRates(resources, rates)
  const account: Account = `recovery:${userId}`
  const spent = await spendGuess(resources, sessionId, [account])
  if (!spent) throw await tooMany(resources, account)
  const session = await transaction(resources.sql, (tx) =>
    prove(tx, resources, prover, { codeHashes, spent }),
  )
  if (!session) throw refused
  await giveBackRates(resources, rates)
  return session
}

const tooMany = async (resources: Resources, account: Account): Promise<Problem> => {
  const { freeAt } = await leftOf(resources, account)
  const now = resources.now()
  const retryAfterSeconds = Math.max(1, secondsUntil(freeAt ?? now, now))
  resources.log.warn('guesses-exhausted', { of: 'recovery' })
  return new Problem('too-many-requests', 'Too many recovery codes were tried', {
    retryAfterSeconds,
    rateLimits: [accountLimit(retryAfterSeconds)],
  })
}

const prove = async (
  tx: Transaction,
  resources: Resources,
  prover: Prover,
  { codeHashes, spent }: { codeHashes: string[]; spent: Slot },
): Promise<Session | undefined> => {
  const { now, newId } = resources
  const { userId, sessionId } = prover
  const used = await tx`
    update recovery_codes set used_at = ${now()}
    where user_id = ${userId} and code_hash in ${tx(codeHashes)} and used_at is null returning code_hash`
  if (used.length === 0) return undefined
  await giveBackGuess(tx, spent)
  const [row] = await tx<{ left: number }[]>`
    select count(*)::integer as left from recovery_codes where user_id = ${userId} and used_at is null`
  const occurrence = { id: newId(), subject: userId, time: now() }
  await emit(tx, authRecoveryCodeUsed, occurrence, { userId, sessionId, left: row?.left ?? 0 })
  return proveSession({ ...resources, sql: tx }, prover, 'recovery-code')
}
