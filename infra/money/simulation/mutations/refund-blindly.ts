import type { Acquirers } from '../../../../services/payment/src/acquirer/acquirer.ts'
import type { Resources } from '../../../../services/payment/src/resources.ts'
import type { Mutation } from './mutation.ts'

const believing = ({ acquirers }: Resources): Acquirers => ({
  ...acquirers,
  of: (name) => ({ ...acquirers.of(name), refundId: 'verified' }),
})

/** "A refund is repeated until it is answered", also where the bank cannot tell a repeat. */
export const refundBlindly: Mutation = (verbs) => {
  const { 'send-refunds': send, ...jobs } = verbs.jobs
  if (!send) throw new Error('There is no job send-refunds')
  return {
    ...verbs,
    jobs: { ...jobs, 'send-refunds': (resources) => send({ ...resources, acquirers: believing(resources) }) },
  }
}
