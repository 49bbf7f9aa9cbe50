import { createApp } from '@kontora/service'
import { getPathNoStrict } from 'hono/utils/url'
import { admin } from './admin/routes.ts'
import { consume } from './consume/routes.ts'
import { refuse, refuseUnknownPath } from './http/refuse.ts'
import { measure, metrics } from './metrics/routes.ts'
import { peers } from './peers/routes.ts'
import { produce } from './produce/routes.ts'
import { webhook } from './produce/webhook.ts'
import type { Resources } from './resources.ts'

/** Upstash's REST protocol, as `@upstash/kafka` 1.3.5 speaks it. */
export const createKafkaHttp = () => {
  const app = createApp<Resources>({
    title: 'kafka-http',
    description: 'Upstash Kafka over HTTP: produce, consume in groups, fetch, commit, offsets.',
    quiet: /^\/(consume|commit|produce|fetch|webhook|metrics)\b/,
    mostBytes: ({ settings }) => settings.REQUEST_MAX_BYTES,
  })
  // Upstash takes a slash at the end of every path.
  Object.assign(app, { getPath: getPathNoStrict })
  app.use(measure)
  app.onError(refuse)
  app.notFound(refuseUnknownPath)
  app.route('/produce', produce)
  app.route('/', webhook)
  app.route('/', consume)
  app.route('/', admin)
  app.route('/', metrics)
  app.route('/peers', peers)
  return app
}

export const app = createKafkaHttp()
