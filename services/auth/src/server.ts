import { runServer } from '@kontora/door/server'
import { authBeat } from '@kontora/events'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { openResources } from './resources.ts'
import { openMutualTls } from './sber-id/mutual-tls.node.ts'

runServer({
  service: 'auth',
  open: (env: unknown) => openResources(env, { openSberAgent: openMutualTls }),
  app,
  migrations,
  consumers,
  jobs: () => jobs,
  beat: authBeat,
})
