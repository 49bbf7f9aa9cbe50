import { runServer } from '@kontora/door/server'
import { openBankAgent } from './acquirer/bank-agent.node.ts'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { openResources } from './resources.ts'

runServer({
  service: 'payment',
  open: (env: unknown) => openResources(env, { openAgent: openBankAgent }),
  app,
  migrations,
  consumers,
  jobs: () => jobs,
})
