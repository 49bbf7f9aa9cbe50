import { forgetExpired } from '../../../services/auth/src/codes/forget-expired.ts'
import type { Claim, Proof } from '../../stack/prove/claim.ts'
import { type SeededRandom, seededRandom } from '../../stack/prove/random.ts'
import { createAttack, type Target } from '../guard/attack.ts'
import { browser, from, openStand, type Stand } from '../guard/stand.ts'
import type { Paid } from '../guard/watch-guesses.ts'

/** A day, and what of the next one shows that no window of 24 hours held more. */
const hours = 26
const mostCompared = 10
const hourMs = 60 * 60_000
const dayMs = 24 * hourMs
const mostStepMs = 90_000

/** The most within any 24 hours. */
const mostInADay = (times: number[]): number => {
  const sorted = times.toSorted((a, b) => a - b)
  let most = 0
  let start = 0
  for (const [i, time] of sorted.entries()) {
    while ((sorted[start] ?? time) <= time - dayMs) start++
    most = Math.max(most, i - start + 1)
  }
  return most
}

/** The last guess at a code that opened was right, and was given back. */
const withoutRight = (paid: Paid[], opened: string[]): Paid[] => {
  const right = new Set(opened.map((id) => paid.findLast(({ flowId }) => flowId === id)))
  return paid.filter((one) => !right.has(one))
}

const userAt = (stand: Stand, ...emails: string[]): Target => {
  const [first = '', ...others] = emails
  const user = stand.world.invite(first)
  for (const email of others) stand.world.users.set(email, user)
  return { account: user.userId, emails }
}

const targetsOf = (stand: Stand): Target[] => {
  stand.world.invite('blocked@example.com').blocked = true
  return [
    userAt(stand, 'one@example.com'),
    userAt(stand, 'home@example.com', 'work@example.com', 'old@example.com'),
    userAt(stand, 'owner@example.com'),
    { account: 'unknown', emails: ['unknown@example.com'] },
    { account: 'blocked', emails: ['blocked@example.com'] },
  ]
}

/** A person whose browser is known here signs in now and then, mistypes each time, and is never kept out. */
const openOwner = async (stand: Stand, email: string) => {
  const headers = { ...from(9_999_999), ...browser('owner') }
  const first = await stand.mustAsk(email, headers)
  const { code, ...flow } = first
  const answer = await stand.post('/v1/sign-in', { ...flow, code }, headers)
  const cookie = /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? ''
  const known = { ...headers, cookie }
  const opened = [flow.flowId]
  const signIn = async (): Promise<boolean> => {
    const { code: right, ...own } = await stand.mustAsk(email, known)
    opened.push(own.flowId)
    await stand.guess(own, right === '000000' ? '000001' : '000000', known)
    stand.pass(1000)
    return (await stand.guess(own, right, known)) === 200
  }
  return { signIn, opened }
}

type Attack = ReturnType<typeof createAttack>
type Day = {
  stand: Stand
  random: SeededRandom
  attack: Attack
  signIn: () => Promise<boolean>
  lastMs: number
}

const liveThrough = async ({ stand, random, attack, signIn, lastMs }: Day) => {
  const begun = stand.now().getTime()
  const kept = { in: 0, out: 0 }
  for (let step = 0; stand.now().getTime() - begun < lastMs; step++) {
    await attack.askAll()
    await attack.guessAll()
    stand.pass(1 + random.below(mostStepMs))
    await attack.guessAll()
    if (step % 40 === 0) for (const resources of stand.replicas) await forgetExpired(resources)
    // Its reserve is three guesses a day, and each sign-in here spends one.
    const hour = Math.floor((stand.now().getTime() - begun) / (9 * hourMs))
    if (hour >= kept.in + kept.out) kept[(await signIn()) ? 'in' : 'out']++
  }
  return kept
}

/** More than a virtual day of it. Comparisons are counted by the database's triggers, by what strangers are told, and by what opens. */
export const proveBudget: Proof = async ({ seed, size, say }) => {
  const begun = Date.now()
  const random = seededRandom(seed)
  const stand = await openStand()
  try {
    const targets = targetsOf(stand)
    const attack = createAttack(stand, random, targets)
    const { signIn, opened } = await openOwner(stand, 'owner@example.com')
    const lastMs = Math.max(2, hours * size) * hourMs
    const kept = await liveThrough({ stand, random, attack, signIn, lastMs })
    const paid = Map.groupBy(withoutRight(await stand.watch.paid(), opened), ({ account }) => account)
    const byAccount = [...paid].map(([account, rows]) => ({
      account,
      most: mostInADay(rows.map(({ at }) => at.getTime())),
    }))
    const strangers = byAccount.filter(({ account }) => !account.startsWith('device:'))
    const paidMost = Math.max(...strangers.map(({ most }) => most))
    const toldMost = Math.max(...[...attack.toldWrong.values()].map(mostInADay))
    const { requests, addresses } = attack.told()
    say(`${requests} requests from ${addresses} addresses in ${Math.round(lastMs / hourMs)} virtual hours`)
    for (const { account, most } of byAccount) say(`${account.slice(0, 20)}…: ${most} paid within a day`)
    const claim = (name: string, value: number, most: number): Claim => {
      return {
        claim: `budget: ${name}`,
        value,
        goal: `≤ ${most}`,
        ok: value <= most,
        seed,
        ms: Date.now() - begun,
      }
    }
    return [
      claim(
        `most comparisons of an account within 24 h, ${requests} requests from ${addresses} addresses`,
        paidMost,
        mostCompared,
      ),
      claim('most times that strangers were told wrong within 24 h', toldMost, mostCompared),
      claim('right codes taken when none was left', attack.opened.length, 0),
      claim(`of ${kept.in + kept.out} sign-ins of the known device were refused`, kept.out, 0),
    ]
  } finally {
    await stand.close()
  }
}
