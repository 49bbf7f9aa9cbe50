import { transaction } from '@kontora/postgres'
import type { Person } from '../addresses/find-person.ts'
import type { Resources } from '../resources.ts'
import { forgiveGuesses, tellReset } from './forgive-guesses.ts'

export type Unlocked = { guesses: number; codes: number }

/** Besides his guesses the codes of the day are forgiven, and with them the cool-down: he may ask for one now. */
export const unlockAccount = (
  resources: Pick<Resources, 'sql' | 'now' | 'newId'>,
  person: Person,
): Promise<Unlocked> =>
  transaction(resources.sql, async (tx) => {
    const guesses = await forgiveGuesses(tx, person)
    const codes = await tx`
      update flows set is_forgiven = true
      where address_hash in ${tx(person.addressHashes)} and not is_forgiven and state <> 'used' returning id`
    await tellReset(tx, resources, person, 'guesses-and-codes')
    return { guesses, codes: codes.length }
  })
