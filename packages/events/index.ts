export * from './catalogue/index.ts'
export { createConsumer } from './consume/consumer.ts'
export { consume } from './consume/handle-event.ts'
export type { HeardBeat, Hearing } from './consume/handle-message.ts'
export { type ConsumerResources, type Emitter, type Handler, on, type Policy } from './consume/handler.ts'
export {
  dropParked,
  listDeadLetters,
  listParked,
  type ParkedLine,
  type ParkedPage,
  replayParked,
  showParked,
} from './consume/operate-parked.ts'
export { retryParked } from './consume/retry-parked.ts'
export { emit, type Occurrence } from './emit.ts'
export { type Kafka, type KafkaSettings, openKafka } from './kafka.ts'
export { createNap } from './nap.ts'
export { partitionOf, partitions } from './partition.ts'
export { createPushReceiver, type PushReceiver } from './push/receiver.ts'
export { createRelay } from './relay/relay.ts'
