import { runCli, withDatabase } from '@kontora/door/cli'
import type { Sql } from '@kontora/postgres'
import { parseInput, realChance } from '@kontora/service'
import * as v from 'valibot'
import { migrations } from './migrations.node.ts'
import { applyWishes, Wishes } from './operate/apply-wishes.ts'
import { readGroupStates, readTopicStates } from './operate/read-state.ts'
import { pushCommands, readJson, withPush } from './push/cli.node.ts'
import { putSubscription, requireTarget } from './push/put-subscription.ts'
import { PushWish } from './push/subscription.ts'

const AllWishes = v.object({ ...Wishes.entries, push: v.optional(v.array(PushWish), []) })

const apply = async (): Promise<string> => {
  const { push, ...wishes } = parseInput(AllWishes, await readJson())
  const applyRest = () => withDatabase((sql) => applyWishes(sql, realChance().now, wishes))
  if (push.length === 0) await applyRest()
  else
    await withPush(async (resources) => {
      for (const { target } of push) requireTarget(resources, target)
      await applyRest()
      for (const wish of push) await putSubscription(resources, wish)
    })
  const counts = { topics: wishes.topics, credentials: wishes.credentials, 'push subscriptions': push }
  return Object.entries(counts)
    .map(([what, wished]) => `${Object.keys(wished).length} ${what}`)
    .join(', ')
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
        'makes topics and credentials as stdin says: {"topics": {name: partitions}, "credentials": [{name, password, produce, consume, all}], "push": [as of push add]}',
      run: apply,
    },
    topics: { about: 'topics, partitions and how many messages each holds', run: table(readTopicStates) },
    ...pushCommands,
    groups: { about: 'where each group stands and how far behind it is', run: table(readGroupStates) },
  },
})
