export { createJobs, type Job } from './jobs.ts'
export { wakeJob } from './wake.ts'
