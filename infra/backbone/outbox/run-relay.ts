import { createRelay } from '@kontora/events'
import { say } from './child.ts'
import { openEmitting } from './emitting.ts'

createRelay({ ...openEmitting(process.env.HOLDER), sweepMs: 50 }).start()
say('ready')
