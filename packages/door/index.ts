export { jobRoutes } from './job-routes.ts'
export { type CommonOpen, openCommon } from './open-common.ts'
export { type MachineToken, openMachine, snapshotFrom } from './open-machine.ts'
export { createWorker } from './worker.ts'
