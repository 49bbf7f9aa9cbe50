import { createApp } from '@kontora/service'
import { letterKeys } from './keys/routes.ts'
import { mailings } from './mailings/routes.ts'
import { messages } from './messages/routes.ts'
import { resendWebhook } from './resend/routes.ts'
import type { Resources } from './resources.ts'

export const app = createApp<Resources>({
  title: 'Kontora: notification',
  description: 'Letters: what is written to whom, what became of it, and who is not written to.',
})
  .route('/.well-known', letterKeys)
  .route('/v1/messages', messages)
  .route('/v1/mailings', mailings)
  .route('/v1/resend', resendWebhook)
