import { Problem } from '@kontora/service'

/** What a broker's answer to a batch means: written, to be sent again, or refused. */
export type Outcome =
  | { kind: 'written' }
  | { kind: 'again' }
  /** The broker has lost this producer's numbers: a new id begins anew. */
  | { kind: 'renumber' }
  | { kind: 'split' }
  | { kind: 'refused'; problem: Problem }

/** LEADER_NOT_AVAILABLE, NOT_LEADER, time-outs, too few replicas, storage, epochs: KIP-98's retriable ones. */
const again = new Set([2, 3, 5, 6, 7, 8, 9, 13, 19, 20, 56, 74, 75, 100, 103])
/** OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, UNKNOWN_PRODUCER_ID. */
const renumber = new Set([45, 47, 49, 59])
/** MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE. */
const tooLarge = new Set([10, 18])

export const outcomeOf = (errorCode: number, count: number): Outcome => {
  if (errorCode === 0) return { kind: 'written' }
  if (again.has(errorCode)) return { kind: 'again' }
  if (renumber.has(errorCode)) return { kind: 'renumber' }
  if (tooLarge.has(errorCode)) return count > 1 ? { kind: 'split' } : refused(messageTooLarge())
  return refused(problemOf(errorCode))
}

const refused = (problem: Problem): Outcome => ({ kind: 'refused', problem })

const messageTooLarge = () =>
  new Problem('too-large', 'A message is larger than its topic takes', { fields: { value: 'smaller' } })

const problemOf = (errorCode: number): Problem => {
  if (errorCode === 32)
    return new Problem('invalid-input', 'The topic does not take this time', {
      fields: { timestamp: 'nearer' },
    })
  if (errorCode === 87)
    return new Problem('invalid-input', 'The topic does not take this record', {
      fields: { key: 'required' },
    })
  return new Problem('unavailable', `Kafka refuses to write (error ${errorCode})`, { retryAfterSeconds: 5 })
}

export const awayProblem = () =>
  new Problem('unavailable', 'Kafka cannot be reached; nothing was written', { retryAfterSeconds: 1 })
export const unknownProblem = () =>
  new Problem('unavailable', 'Kafka did not say whether it was written', { retryAfterSeconds: 1 })
/** Kafka has no write of all or none over several partitions: whoever repeats it doubles a part, as after any lost answer. */
export const partlyProblem = () =>
  new Problem('unavailable', 'Kafka took a part of the messages and did not answer for the rest', {
    retryAfterSeconds: 1,
  })
