import { runServer } from '@kontora/door/server'
import { app } from './app.ts'
import { consumers } from './consumers.ts'
import { jobs } from './jobs.ts'
import { migrations } from './migrations.node.ts'
import { openResources } from './resources.ts'

runServer({ service: 'notification', open: openResources, app, migrations, consumers, jobs: () => jobs })
