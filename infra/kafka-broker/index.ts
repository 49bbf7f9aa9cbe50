export { fetchJars } from './fetch-jars.ts'
export type { Sasl, User } from './listeners.ts'
export { type BrokerOptions, type RunningBroker, startBroker } from './start-broker.ts'
