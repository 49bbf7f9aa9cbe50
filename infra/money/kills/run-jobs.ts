import { createJobs } from '@kontora/jobs'
import { countingJobs, openCounting } from './counting.ts'

const resources = openCounting('jobs')
await resources.sql`select 1`
createJobs(resources, countingJobs).start()
resources.log.info('listening')
