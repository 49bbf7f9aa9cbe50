import { transaction } from '@kontora/postgres'
import type { Person } from '../addresses/find-person.ts'
import type { Resources } from '../resources.ts'
import { forgiveGuesses, tellReset } from './forgive-guesses.ts'

/** Answers how many wrong guesses were forgiven. */
export const resetAttempts = (
  resources: Pick<Resources, 'sql' | 'now' | 'newId'>,
  person: Person,
): Promise<number> =>
  transaction(resources.sql, async (tx) => {
    const guesses = await forgiveGuesses(tx, person)
    await tellReset(tx, resources, person, 'guesses')
    return guesses
  })
