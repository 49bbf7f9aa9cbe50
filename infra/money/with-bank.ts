import type { Acquirer } from '../../services/payment/src/acquirer/acquirer.ts'
import type { Resources } from '../../services/payment/src/resources.ts'

/** The same service, whose bank does these calls otherwise. */
export const withBank = (resources: Resources, changed: Partial<Acquirer>): Resources => ({
  ...resources,
  acquirers: { forNew: 'rbs', of: () => ({ ...resources.acquirers.of('rbs'), ...changed }) },
})
