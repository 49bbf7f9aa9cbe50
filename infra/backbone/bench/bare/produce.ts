import { partitionOfKey } from '../../../../services/kafka-http/src/log/choose-partition.ts'
import { readArguments } from '../../../stack/arguments.ts'
import { makeBatches } from '../load/messages.ts'
import { answerRounds } from '../load/rounds.ts'
import { openProducer } from './open-producer.ts'

const { options } = readArguments({
  help: 'produce --brokers 127.0.0.1:9092 --topic name --batch 100 --connections 16: so many sends in flight, rounds by stdin',
  options: ['--brokers', '--topic', '--batch', '--connections'],
})
const [brokers = '', topic = ''] = ['--brokers', '--topic'].map((name) => options.get(name))
const [batch = 1, inFlight = 1] = ['--batch', '--connections'].map((name) => Number(options.get(name)))
const producer = openProducer(brokers)
const batches = makeBatches(Math.max(64, Math.ceil(2000 / batch)), batch)
let next = 0

/** The partition of a key is worked out at each send, as any caller must who wants the one that Java chooses. */
const step = async () => {
  const messages = batches[next++ % batches.length] ?? []
  await producer.send({
    messages: messages.map(({ key, value }) => ({ topic, key, value, partition: partitionOfKey(key, 6) })),
  })
  return messages.length
}
await answerRounds(Array.from({ length: inFlight }, () => step))
process.exit(0)
