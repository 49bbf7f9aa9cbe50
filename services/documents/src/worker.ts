import { createWorker } from '@kontora/door'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { openResources } from './resources.ts'

export default createWorker({ service: 'documents', open: openResources, app, consumers, jobs })
