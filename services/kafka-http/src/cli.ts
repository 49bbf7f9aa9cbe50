import { runCli, withDatabase } from '@kontora/door/cli'
import { connect } from '@kontora/postgres'
import { Problem, parseInput, readSettings, realChance } from '@kontora/service'
import * as v from 'valibot'
import { openKafkaLog } from './log/kafka/open-kafka-log.node.ts'
import type { MessageLog } from './log/message-log.ts'
import { migrations } from './migrations.node.ts'
import { movingLog } from './open-gateway.node.ts'
import { applyWishes, Wishes } from './operate/apply-wishes.ts'
import { moveLog } from './operate/move/move-log.ts'
import { undoMove } from './operate/move/undo-move.ts'
import { parseResetTarget, resetGroup } from './operate/reset-group.ts'
import { groupRows, readTopicRows } from './operate/state-rows.ts'
import { alone } from './peers/alone.ts'
import { noDirectory } from './peers/directory.ts'
import { createPeers } from './peers/peers.ts'
import { pushCommands, readJson, withPush } from './push/cli.node.ts'
import { putSubscriptions } from './push/put-subscription.ts'
import { PushWish } from './push/subscription.ts'
import { createResources } from './resources.ts'
import { settings } from './settings.ts'

const AllWishes = v.object({ ...Wishes.entries, push: v.optional(v.array(PushWish), []) })

/** The log that these settings name, for one command. */
const withLog = async <Result>(work: (log: MessageLog) => Promise<Result>): Promise<Result> => {
  const read = readSettings(settings, process.env)
  const kafka = openKafkaLog(read, createPeers(alone('cli')), noDirectory)
  const chance = realChance()
  const sql = connect(read.DATABASE_URL, { max: 3, name: 'cli' })
  const parts = kafka ? { sql, messages: movingLog(sql, chance, kafka) } : { sql }
  const { messages, endWaits } = createResources(read, parts)
  try {
    return await work(messages)
  } finally {
    endWaits()
    await sql.end({ timeout: 1 })
  }
}

const apply = async (): Promise<string> => {
  const { push, ...wishes } = parseInput(AllWishes, await readJson())
  const applyRest = () =>
    withLog(({ growTopics }) => withDatabase((sql) => applyWishes(sql, realChance().now, wishes, growTopics)))
  if (push.length === 0) await applyRest()
  else await withPush((resources) => putSubscriptions(resources, push, applyRest))
  const counts = { topics: wishes.topics, credentials: wishes.credentials, 'push subscriptions': push }
  return Object.entries(counts)
    .map(([what, wished]) => `${Object.keys(wished).length} ${what}`)
    .join(', ')
}

const move = async (option?: string): Promise<string> => {
  if (option !== undefined && option !== '--undo')
    throw new Problem('invalid-input', 'The only option is --undo')
  return withDatabase(async (sql) => {
    if (option === '--undo')
      return (await undoMove(sql))
        ? 'the log goes on in Postgres; what was copied stays in Kafka, and a later move goes on behind it'
        : 'there was nothing to undo: the log in Postgres is open'
    const kafka = openKafkaLog(readSettings(settings, process.env), createPeers(alone('cli')), noDirectory)
    if (!kafka) throw new Problem('invalid-input', 'KAFKA_BROKERS says where the log shall go')
    const say = (line: string) => console.error(line)
    try {
      const moved = await moveLog({ sql, now: realChance().now, kafka, say, reached: () => {} })
      return `${moved} messages copied; the gateways follow by themselves`
    } finally {
      kafka.close()
    }
  })
}

const table =
  (read: (log: MessageLog) => Promise<object[]>) =>
  async (argument?: string): Promise<string> => {
    if (argument !== undefined && argument !== '--json')
      throw new Problem('invalid-input', 'The only option is --json')
    const rows = await withLog(read)
    return argument ? rows.map((row) => JSON.stringify(row)).join('\n') : Bun.inspect.table(rows)
  }

const reset = async (words: string[]): Promise<string> => {
  const [group, topic, to, ...more] = words.filter((word) => word !== '--force')
  if (!group || !topic || !to || more.length > 0)
    throw new Problem('invalid-input', 'reset takes a group, a topic and where it shall go on')
  const wish = { group, topic, to: parseResetTarget(to), force: words.includes('--force') }
  return Bun.inspect.table(await withLog((log) => resetGroup(log, wish)))
}

await runCli({
  service: 'kafka-http',
  migrations,
  commands: {
    apply: {
      about:
        'makes topics and credentials as stdin says: {"topics": {name: partitions}, "credentials": [{name, password, produce, consume, all, limits: {requestsPerSecond, bytesPerSecond}}], "push": [as of push add]}; limits are those of each gateway',
      run: apply,
    },
    topics: {
      takes: '[--json]',
      about: 'topics, partitions and what each holds',
      run: table(readTopicRows),
    },
    groups: {
      takes: '[--json]',
      about: 'where each group stands, how far behind it is and how many instances live',
      run: table(async (log) => groupRows(await log.groupStates())),
    },
    move: {
      takes: '[--undo]',
      about:
        'moves the log from Postgres to the Kafka of KAFKA_BROKERS, which every gateway must have, while all goes on; cut short, it is run again, or given up with --undo',
      run: move,
    },
    reset: {
      takes: '<group> <topic> <to> [--force]',
      about:
        'where a group goes on: earliest, latest, a time (2026-11-26T10:00:00Z) or partition:offset,…; --force takes living instances out',
      run: () => reset([]),
      runWords: reset,
    },
    ...pushCommands,
  },
})
