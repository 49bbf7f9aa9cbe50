import type { Resources } from '../../../services/payment/src/resources.ts'
import type { Row } from './make-row.ts'

/** Something that happens to a row by the real verbs: the events that it is, in their order. */
export type Happening = { events: string[]; happen: (resources: Resources, row: Row) => Promise<unknown> }

export const operator = { id: 'operator' }
