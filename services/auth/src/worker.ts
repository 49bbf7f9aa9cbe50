import { createWorker } from '@kontora/door'
import { authBeat } from '@kontora/events'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'
import { agentOfBinding } from './sber-id/agent.ts'

export default createWorker({
  service: 'auth',
  open: (env: unknown, options: { max: number }) =>
    openResources(env, { ...options, openSberAgent: agentOfBinding(env) }),
  app,
  consumers,
  jobs: () => jobs,
  beat: authBeat,
})
