import { createWorker } from '@kontora/door'
import { authBeat } from '@kontora/events'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

export default createWorker({
  service: 'auth',
  open: openResources,
  app,
  consumers,
  jobs: () => jobs,
  beat: authBeat,
})
