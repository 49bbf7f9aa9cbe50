import type { Mutation } from './mutation.ts'

/** "A refund is repeated until it is answered", also where the bank cannot tell a repeat. */
export const refundBlindly: Mutation = (verbs) => {
  const { 'send-refunds': send, ...jobs } = verbs.jobs
  if (!send) throw new Error('There is no job send-refunds')
  return {
    ...verbs,
    jobs: { ...jobs, 'send-refunds': (resources) => send({ ...resources, refundId: 'verified' }) },
  }
}
