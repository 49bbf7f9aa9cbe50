import { clientUserDeleted, type Handler, on } from '@kontora/events'
import { closeRequests } from './requests/close-requests.ts'
import type { Resources } from './resources.ts'

export const consumers: Handler<Resources>[] = [
  on('close-requests-of-deleted-user', clientUserDeleted, closeRequests),
]
