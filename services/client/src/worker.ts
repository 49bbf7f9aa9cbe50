import { createWorker } from '@kontora/door'
import { clientBeat } from '@kontora/events'
import { app } from './app.ts'
import { openResources } from './resources.ts'

export default createWorker({ service: 'client', open: openResources, app, beat: clientBeat })
