import { createApp } from '@kontora/service'
import { letterKeys } from './keys/routes.ts'
import type { Resources } from './resources.ts'

export const app = createApp<Resources>({
  title: 'Kontora: notification',
  description: 'Letters: what is written to whom, what became of it, and who is not written to.',
}).route('/.well-known', letterKeys)
