import { connect } from '../../../packages/postgres/index.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type Asked, createBusyRun } from '../guard/busy-run.ts'
import { dumpDatabase, wordsBeside } from '../guard/dump.ts'
import { findSecret, guessCodes, type Secret, tokensOf } from '../guard/find-secrets.ts'
import { openWholeStack, type WholeStack } from '../guard/whole-stack.ts'

const people = 12
const refreshes = 3
const guessedCodes = 10
const sberPeople = ['anna', 'boris', 'vera']
/** What a reader of the dump does not have. */
const keyNames = ['code pepper', 'key encryption', 'letter encryption']

type Run = ReturnType<typeof createBusyRun>

const live = async (run: Run, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const email = `busy-${i}@example.org`
    let tokens = await run.signIn(email)
    for (let n = 0; n < refreshes; n++) tokens = await run.refresh(tokens)
    const sberPerson = sberPeople[i]
    if (sberPerson) await run.joinSber(email, sberPerson)
    await run.askAsMachine(i % 2 === 0 ? 'payment' : 'documents')
  }
}

/** Asked for while nobody can send: their letters lie frozen when the dump is taken. */
const freeze = async ({ world }: WholeStack, run: Run, count: number): Promise<Asked[]> => {
  const faults = [{ operation: '*', kind: 'error', status: 503, times: 1_000_000 }]
  await world.post(world.at('resend', '/_sim/faults'), { body: { faults } })
  const asked: Asked[] = []
  for (let i = 0; i < count; i++) asked.push(await run.ask(`frozen-${i}@example.org`))
  return asked
}

const frozenLetters = async (stack: WholeStack): Promise<number> => {
  const url = new URL(stack.postgresUrl)
  url.pathname = '/notification'
  const sql = connect(url.href, { max: 1 })
  const [row] = await sql<{ n: number }[]>`
    select count(*)::integer as n from messages where letter_sealed is not null`
  await sql.end({ timeout: 1 })
  return row?.n ?? 0
}

const untilFrozen = async (stack: WholeStack, count: number): Promise<number> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const frozen = await frozenLetters(stack)
    if (frozen >= count) return frozen
    await Bun.sleep(100)
  }
  return frozenLetters(stack)
}

/** Six digits stand by chance in any number; beside what belongs to them they do not. */
const codesInClear = (lines: string[], { text, beside }: Secret): number =>
  lines.filter(
    (line) => beside.some((id) => line.includes(id)) && new RegExp(`(?<![\\d.])${text}(?!\\d)`).test(line),
  ).length

/**
 * A dump of every database of a busy stack, Kafka's log among them, and whatever was given out, in each spelling and each hash
 * that needs no key. The reader has neither the pepper nor the keys, so they may not be in it either.
 */
export const proveDump: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const count = Math.max(2, Math.round(people * size))
  const stack = await openWholeStack()
  try {
    const run = createBusyRun(stack)
    await live(run, count)
    const asked = await freeze(stack, run, count)
    const frozen = await untilFrozen(stack, count)
    const databases = ['auth', 'notification', 'kafka_http', 'client', 'documents', 'payment']
    const dumps = await Promise.all(databases.map((name) => dumpDatabase(stack.postgresUrl, name)))
    const dump = dumps.join('\n')
    await stack.world.call('DELETE', stack.world.at('resend', '/_sim/faults'))
    for (const one of asked) await run.readCode(one)

    const lines = dump.split('\n')
    const tokens = tokensOf(dump)
    const secrets = run.given.map((one) => ({ ...one, beside: wordsBeside(lines, one.beside) }))
    const found = secrets.flatMap((one) => findSecret(dump, tokens, one) ?? [])
    const codes = run.given.filter(({ kind }) => kind === 'code')
    const inClear = codes.reduce((sum, code) => sum + codesInClear(lines, code), 0)
    const tried = codes.slice(0, Math.round(guessedCodes * size))
    const guessed = [[], ...tried.map(({ beside }) => beside)].map((beside) => guessCodes(tokens, beside))
    const keys = [
      ...keyNames.map((name) => stack.secrets.words[name] ?? name),
      ...Object.values(stack.secrets.machineKeys).map(({ d }) => String(d)),
    ]
    const keysFound = keys.filter((key) => findSecret(dump, tokens, { kind: 'key', text: key, beside: [] }))
    const addresses = dumps.slice(0, 3).filter((one) => one.includes('@example.org')).length
    for (const { kind, how } of found.slice(0, 20)) say(`found: ${kind}, ${how}`)
    const kinds = Map.groupBy(run.given, ({ kind }) => kind)
    say([...kinds].map(([kind, all]) => `${all.length} ${kind}`).join(', '))
    say(
      `a dump of ${Math.round(dump.length / 1024)} KiB with ${tokens.size} words that could be a hash, ${frozen} letters frozen in it`,
    )
    const claim = (name: string, value: number): Claim => {
      return { claim: `dump: ${name}`, value, goal: 0, ok: value === 0, seed, ms: Date.now() - begun }
    }
    return [
      claim(
        `of ${secrets.length} secrets were found, in clear, encoded or hashed without a key`,
        found.length,
      ),
      claim(`of ${codes.length} codes stand in clear beside their own flow, person or address`, inClear),
      claim(
        `codes that all 1 000 000 tried against ${tokens.size} words gave`,
        guessed.reduce((a, b) => a + b, 0),
      ),
      claim(`of ${keys.length} keys and peppers are in it`, keysFound.length),
      claim("of auth, notification and Kafka's log hold an address in clear", addresses),
      claim(`of ${count} letters that should lie frozen in it do not`, Math.max(0, count - frozen)),
    ]
  } finally {
    await stack.stop()
  }
}
