export { type CommonOpen, openCommon } from './open-common.ts'
export { createWorker } from './worker.ts'
