import { createWorker } from '@kontora/door'
import { app } from './app.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

export default createWorker({ service: 'payment', open: openResources, app, jobs: () => jobs })
