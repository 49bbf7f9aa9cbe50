import { connect } from '@kontora/postgres'
import { partitionOfKey } from '../../../../services/kafka-http/src/log/choose-partition.ts'
import { readArguments } from '../../../stack/arguments.ts'
import { makeBatches } from '../load/messages.ts'
import { answerRounds } from '../load/rounds.ts'

const { options } = readArguments({
  help: 'insert --database postgres://… --topic name --batch 100 --connections 16: so many inserts at once, rounds by stdin',
  options: ['--database', '--topic', '--batch', '--connections'],
})
const [database = '', topic = ''] = ['--database', '--topic'].map((name) => options.get(name))
const [batch = 1, connections = 1] = ['--batch', '--connections'].map((name) => Number(options.get(name)))
const sql = connect(database, { max: connections })
const batches = makeBatches(Math.max(64, Math.ceil(2000 / batch)), batch)
const ends = Array.from({ length: 6 }, () => 0)
let next = 0

/** The rows that the log would write, without all that makes them a log: no offsets to agree on, no lock, no answer. */
const rowsOf = (messages: { key: string; value: string }[]) => {
  const time = new Date()
  return messages.map(({ key, value }) => {
    const partition = partitionOfKey(key, 6)
    const offset = ends[partition] ?? 0
    ends[partition] = offset + 1
    return {
      topic,
      partition,
      message_offset: offset,
      time_ms: time.getTime(),
      stored_at: time,
      key,
      value,
      headers: '[]',
      size_bytes: key.length + value.length + 66,
    }
  })
}

const step = async () => {
  const messages = batches[next++ % batches.length] ?? []
  await sql`insert into messages ${sql(rowsOf(messages))}`
  return messages.length
}
await answerRounds(Array.from({ length: connections }, () => step))
process.exit(0)
