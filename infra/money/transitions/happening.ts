import type { Resources } from '../../../services/payment/src/resources.ts'
import type { Row } from './make-row.ts'

/**
 * Something that happens to a row by the real verbs: the events that it is, in their order. `instead`: what it is for a row
 * that the bank was told of before, perhaps by a process that died.
 */
export type Happening = {
  events: string[]
  instead?: string[]
  happen: (resources: Resources, row: Row) => Promise<unknown>
}

export const operator = { id: 'operator' }
