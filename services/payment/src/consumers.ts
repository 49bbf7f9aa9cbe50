import type { Handler } from '@kontora/events'
import type { Resources } from './resources.ts'

/** None: what the ledger and the invoices hold by law outlives the person, and they hold no more of him than his id. */
export const consumers: Handler<Resources>[] = []
