import type { Job } from '@kontora/jobs'
import { forgetExpired } from './codes/forget-expired.ts'
import { resolveFlows } from './codes/resolve-flows.ts'
import { rotateDueKeys } from './keys/rotate-keys.ts'
import { keepLetterKeys } from './notification/keep-letter-keys.ts'
import { refreshOpenids } from './openid/refresh-openids.ts'
import type { Resources } from './resources.ts'
import { tellCertificateEnd } from './sber-id/certificate-end.ts'
import { tellCompleted } from './sber-id/tell-completed.ts'

const minute = 60_000

export const jobs: Job<Resources>[] = [
  { name: 'resolve-flows', everyMs: 500, run: resolveFlows },
  {
    name: 'keep-letter-keys',
    everyMs: minute / 2,
    run: async (resources) => {
      await keepLetterKeys(resources)
      return 0
    },
  },
  { name: 'tell-completed', everyMs: 2000, run: tellCompleted },
  {
    name: 'tell-certificate-end',
    everyMs: 60 * minute,
    run: async (resources) => {
      tellCertificateEnd(resources)
      return 0
    },
  },
  { name: 'refresh-openids', everyMs: 5 * minute, run: refreshOpenids },
  { name: 'rotate-due-keys', everyMs: 10 * minute, run: rotateDueKeys },
  { name: 'forget-expired', everyMs: minute, run: forgetExpired },
]
