import {
  type Handler,
  notificationBounced,
  notificationComplained,
  notificationDelivered,
  notificationFailed,
  notificationSent,
  on,
} from '@kontora/events'
import { recordLetter } from './letters/record-letter.ts'
import type { Resources } from './resources.ts'

const free = { policy: 'go-on' } as const

/** No `client.user-deleted`: what the ledger and the invoices hold by law outlives the person, and is no more of him than his id. */
export const consumers: Handler<Resources>[] = [
  on('letter-sent', notificationSent, recordLetter('sent'), free),
  on('letter-failed', notificationFailed, recordLetter('failed'), free),
  on('letter-delivered', notificationDelivered, recordLetter('delivered'), free),
  on('letter-bounced', notificationBounced, recordLetter('bounced'), free),
  on('letter-complained', notificationComplained, recordLetter('complained'), free),
]
