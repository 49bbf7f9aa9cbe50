import { authCodeRequested, type Handler, on } from '@kontora/events'
import { queueCode } from './messages/queue-code.ts'
import type { Resources } from './resources.ts'

/** A code is dropped rather than told late; nothing here waits for anything before it. */
export const consumers: Handler<Resources>[] = [
  on('send-code', authCodeRequested, queueCode, { policy: 'go-on', deadLetter: false }),
]
