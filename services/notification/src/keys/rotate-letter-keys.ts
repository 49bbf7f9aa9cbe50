import { type Transaction, transaction } from '@kontora/postgres'
import { currentAndNext, isSuccessorDue, knownBeforeMs } from './letter-key.ts'
import { type KeyResources, lockKeys, makeKey, readUnretired } from './make-letter-key.ts'

export type Rotation = { kid: string; usedFrom: Date }

const retireBefore = async (tx: Transaction, usedFrom: Date): Promise<number> => {
  const retired = await tx`
    update letter_keys set retired_at = ${usedFrom}
    where retired_at is null and coalesce(used_from, made_at) < ${usedFrom} returning kid`
  return retired.length
}

/** Publishes the key to come, used from tomorrow on; the same answer when it is published already. */
export const publishNextKey = (resources: KeyResources): Promise<Rotation> =>
  transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    const time = resources.now()
    const { next } = currentAndNext(await readUnretired(tx), time)
    if (next) return next
    const usedFrom = new Date(time.getTime() + knownBeforeMs)
    return { kid: await makeKey(tx, resources, usedFrom), usedFrom }
  })

/** A new current key at once, for when the old one is not trusted any more. That goes on opening what was encrypted with it. */
export const rotateLetterKey = (resources: KeyResources): Promise<string> =>
  transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    const time = resources.now()
    await tx`update letter_keys set retired_at = ${time} where retired_at is null`
    return makeKey(tx, resources, time)
  })

/** The job: what is replaced is retired, and a day before a month is over the key to come is published. Answers how many keys that were. */
export const rotateDueKeys = async (resources: KeyResources): Promise<number> => {
  const time = resources.now()
  const retired = await transaction(resources.sql, async (tx) => {
    await lockKeys(tx)
    const { current } = currentAndNext(await readUnretired(tx), time)
    return current ? retireBefore(tx, current.usedFrom) : 0
  })
  const { current, next } = currentAndNext(await readUnretired(resources.sql), time)
  if (!current || next || !isSuccessorDue(current, time)) return retired
  await publishNextKey(resources)
  return retired + 1
}
