import type { Job } from '@kontora/jobs'
import { eraseOldKeys } from './keys/erase-old-keys.ts'
import { rotateDueKeys } from './keys/rotate-letter-keys.ts'
import { prepareLetters } from './messages/prepare-letters.ts'
import { sendCodes, sendLetters } from './messages/send-letters.ts'
import type { Resources } from './resources.ts'

export const jobs: Job<Resources>[] = [
  { name: 'send-codes', everyMs: 1000, run: sendCodes },
  { name: 'prepare-letters', everyMs: 2000, run: prepareLetters },
  { name: 'send-letters', everyMs: 2000, run: sendLetters },
  { name: 'rotate-letter-keys', everyMs: 600_000, run: rotateDueKeys },
  { name: 'erase-old-keys', everyMs: 3_600_000, run: eraseOldKeys },
]
