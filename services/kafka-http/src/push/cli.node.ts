import { type Command, withDatabase } from '@kontora/door/cli'
import type { Pool } from '@kontora/postgres'
import { Problem, parseInput, readSettings, realChance } from '@kontora/service'
import { WebhookSecret } from '@kontora/validation'
import { openPush } from './open-push.ts'
import {
  listPushes,
  type PushLine,
  pausePush,
  removePush,
  resumePush,
  retireSecrets,
  rotatePush,
} from './operate-push.ts'
import { type OperatorResources, putSubscription } from './put-subscription.ts'
import { makeSecret } from './secret.ts'
import { pushPlaceSettings } from './settings.ts'
import { PushName, PushWish } from './subscription.ts'

export const readStdin = async (): Promise<string> =>
  process.stdin.isTTY ? '' : new Response(Bun.stdin.stream()).text()

export const readJson = async (): Promise<unknown> => {
  try {
    return JSON.parse(await readStdin())
  } catch {
    throw new Problem('invalid-input', 'stdin is no JSON')
  }
}

/** With what seals secrets and says which targets there may be. */
export const withPush = <Result>(
  work: (resources: OperatorResources) => Promise<Result>,
): Promise<Result> => {
  const place = openPush(readSettings(pushPlaceSettings, process.env))
  if (!place) throw new Problem('invalid-input', 'There is no push without PUSH_TARGETS and PUSH_KEY')
  return withDatabase((sql) => work({ ...realChance(), ...place, sql }))
}

type Operating = { sql: Pool; now: () => Date }

const onOne = (
  about: string,
  done: string,
  verb: (resources: Operating, name: string) => Promise<unknown>,
): Command => ({
  about,
  takes: '<name>',
  run: async (text) => {
    const name = parseInput(PushName, text, 'name')
    await withDatabase((sql) => verb({ ...realChance(), sql }, name))
    return `${name} ${done}`
  },
})

const add = async (): Promise<string> => {
  const wish = parseInput(PushWish, await readJson())
  const made = wish.secrets ? undefined : makeSecret(realChance().random)
  await withPush((resources) =>
    putSubscription(resources, { ...wish, ...(made && { secrets: [made] }) }, { onlyNew: true }),
  )
  return `${wish.name} added${made ? `; its secret, shown this once: ${made}` : ''}`
}

const rotate = async (text: string | undefined): Promise<string> => {
  const name = parseInput(PushName, text, 'name')
  const given = (await readStdin()).trim()
  const secret = given ? parseInput(WebhookSecret, given, 'secret') : makeSecret(realChance().random)
  await withPush((resources) => rotatePush(resources, name, secret))
  return `${name} signs with one more secret${given ? '' : `, shown this once: ${secret}`}`
}

const lineOf = ({ nextAt, since, topics, target, ...line }: PushLine) => ({
  ...line,
  since: since.toISOString(),
  next: line.state === 'failing' ? nextAt.toISOString() : '',
  topics: topics.join(' '),
  // A query may hold a key.
  target: target.split('?')[0],
})

/** What an operator does with push subscriptions. */
export const pushCommands: Record<string, Command> = {
  'push list': {
    about: 'push subscriptions, how each stands and since when',
    run: async () => {
      const lines = await withDatabase((sql) => listPushes(sql, realChance().now()))
      return lines.length > 0 ? Bun.inspect.table(lines.map(lineOf)) : 'there are none'
    },
  },
  'push add': {
    about:
      'makes one as stdin says: {"name", "topics": [], "group", "target", "secrets"?: ["whsec_…"], "most"?, "from"?}; without secrets one is made',
    run: add,
  },
  'push pause': onOne('posts nothing more until it is resumed', 'paused', pausePush),
  'push resume': onOne('goes on where its group stands', 'resumed', resumePush),
  'push remove': onOne('forgets it; its group keeps its place', 'removed', removePush),
  'push rotate': {
    about: 'signs with one more secret: that of stdin, else one is made',
    takes: '<name>',
    run: rotate,
  },
  'push retire': onOne('signs with its last secret alone', 'signs with its last secret alone', retireSecrets),
}
