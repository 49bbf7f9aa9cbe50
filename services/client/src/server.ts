import { runServer } from '@kontora/door/server'
import { clientBeat } from '@kontora/events'
import { app } from './app.ts'
import { migrations } from './migrations.node.ts'
import { openResources } from './resources.ts'

runServer({ service: 'client', open: openResources, app, migrations, beat: clientBeat })
