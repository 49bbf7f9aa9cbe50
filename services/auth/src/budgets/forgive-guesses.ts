import { authAttemptsReset, emit } from '@kontora/events'
import type { Transaction } from '@kontora/postgres'
import type { Chance } from '@kontora/service'
import type { Person } from '../addresses/find-person.ts'
import { accountsOf } from './guesses.ts'

/** Also those that his known devices spent, and those at his recovery codes. What is set aside for codes on their way stays theirs. */
export const forgiveGuesses = async (tx: Transaction, person: Person): Promise<number> => {
  const accounts: string[] = [...accountsOf(person), `recovery:${person.userId}`]
  const forgiven = await tx`
    delete from guess_slots
    where held_until is null and (
      account in ${tx(accounts)}
      or account like 'device:%' and split_part(account, ' ', 2) in ${tx(person.addressHashes)})
    returning slot`
  return forgiven.length
}

/** The audit of what an operator did; an address that is nobody's has no id to name. */
export const tellReset = async (
  tx: Transaction,
  { now, newId }: Pick<Chance, 'now' | 'newId'>,
  { userId }: Person,
  of: 'guesses' | 'guesses-and-codes',
): Promise<void> => {
  if (userId === null) return
  await emit(tx, authAttemptsReset, { id: newId(), subject: userId, time: now() }, { userId, of })
}
