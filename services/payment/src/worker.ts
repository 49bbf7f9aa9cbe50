import { createWorker } from '@kontora/door'
import { agentOfBinding } from './acquirer/bank-agent.ts'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

export default createWorker({
  service: 'payment',
  open: (env: unknown, options: { max: number }) =>
    openResources(env, { ...options, openAgent: agentOfBinding(env) }),
  app,
  consumers,
  jobs: () => jobs,
})
