import { createWorker } from '@kontora/door'
import { authBeat } from '@kontora/events'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

export default createWorker({ service: 'auth', open: openResources, app, jobs: () => jobs, beat: authBeat })
