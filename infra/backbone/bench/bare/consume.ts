import { readArguments } from '../../../stack/arguments.ts'
import { answerRounds } from '../load/rounds.ts'
import { openPullConsumer } from './pull-consumer.ts'

const { options } = readArguments({
  help: 'consume --brokers 127.0.0.1:9092 --topic name --batch 100 --group name: polls with a commit each, rounds by stdin',
  options: ['--brokers', '--topic', '--batch', '--group'],
})
const [brokers = '', topic = '', group = ''] = ['--brokers', '--topic', '--group'].map((name) =>
  options.get(name),
)
const consumer = await openPullConsumer(brokers, topic, group)

const step = async () => {
  const messages = await consumer.poll(Number(options.get('--batch')))
  if (messages.length > 0)
    await consumer.commit(new Map(messages.map(({ partition, offset }) => [partition, offset])))
  return messages.length
}
await answerRounds([step])
process.exit(0)
