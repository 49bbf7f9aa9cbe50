import { runCli, withDatabase } from '@kontora/door/cli'
import type { Sql } from '@kontora/postgres'
import { Problem, parseInput, realChance } from '@kontora/service'
import { migrations } from './migrations.node.ts'
import { applyWishes, Wishes } from './operate/apply-wishes.ts'
import { readGroupStates, readTopicStates } from './operate/read-state.ts'

const readInput = async (): Promise<unknown> => {
  try {
    return JSON.parse(await new Response(Bun.stdin.stream()).text())
  } catch {
    throw new Problem('invalid-input', 'stdin is no JSON')
  }
}

const apply = async (): Promise<string> => {
  const wishes = parseInput(Wishes, await readInput())
  await withDatabase((sql) => applyWishes(sql, realChance().now, wishes))
  return `${Object.keys(wishes.topics ?? {}).length} topics, ${wishes.credentials?.length ?? 0} credentials`
}

const table = (read: (sql: Sql) => Promise<readonly object[]>) => async (): Promise<string> => {
  const rows = await withDatabase(async (sql) => [...(await read(sql))])
  return Bun.inspect.table(rows)
}

await runCli({
  service: 'kafka-http',
  migrations,
  commands: {
    apply: {
      about:
        'makes topics and credentials as stdin says: {"topics": {name: partitions}, "credentials": [{name, password, produce, consume, all}]}',
      run: apply,
    },
    topics: { about: 'topics, partitions and how many messages each holds', run: table(readTopicStates) },
    groups: { about: 'where each group stands and how far behind it is', run: table(readGroupStates) },
  },
})
