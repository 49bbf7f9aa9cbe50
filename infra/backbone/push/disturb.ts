import type { SeededRandom } from '../../stack/prove/random.ts'
import { type Attacks, forge, repeat } from './attack.ts'
import { type Stand, subscription } from './stand.ts'

export type Disturbances = Record<string, number>

const faults = 30

/** What happens while events are written and posted; each ends with all parts running. */
const disturbances = (
  stand: Stand,
  random: SeededRandom,
  attacks: Attacks,
): Record<string, () => Promise<void>> => ({
  'gateways killed': () => stand.restartGateway(random.below(2), 'SIGKILL'),
  'gateways restarted in order': () => stand.restartGateway(random.below(2), 'SIGTERM'),
  'receivers killed': async () => {
    await stand.killReceiver()
    await Bun.sleep(random.below(1500))
    await stand.startReceiver(faults)
  },
  'receivers dead until the alarm': async () => {
    await stand.killReceiver()
    for (const end = Date.now() + 20_000; !(await isPaused(stand)) && Date.now() < end; ) await Bun.sleep(100)
    await stand.startReceiver(faults)
  },
  'receivers frozen': async () => {
    await stand.signalReceiver('SIGSTOP')
    await Bun.sleep(500 + random.below(2000))
    await stand.signalReceiver('SIGCONT')
  },
  'roads blocked': async () => {
    stand.road.block(true)
    await Bun.sleep(300 + random.below(1200))
    stand.road.block(false)
  },
  'pauses and resumptions': async () => {
    await stand.operate(['push', 'pause', subscription])
    await Bun.sleep(random.below(800))
    await stand.operate(['push', 'resume', subscription])
  },
  'rounds of repeats': () => repeat(stand, attacks),
  'rounds of forgeries': async () => {
    for (let i = 0; i < 5; i++) await forge(stand, random, attacks)
  },
})

const isPaused = async ({ log }: Stand): Promise<boolean> =>
  (await log.sql`select name from push_subscriptions where state = 'paused'`).length > 0

/** The operator's part: what was paused with an alarm is resumed. */
export const resumePaused = async (stand: Stand): Promise<void> => {
  if (await isPaused(stand)) await stand.operate(['push', 'resume', subscription])
}

/** Until the writers are done, and each kind was there. */
export const disturb = async (
  stand: Stand,
  random: SeededRandom,
  attacks: Attacks,
  isOver: () => boolean,
): Promise<Disturbances> => {
  const done: Disturbances = {}
  const kinds = Object.entries(disturbances(stand, random, attacks))
  stand.road.faults(10)
  let round = random.shuffle(kinds)
  while (!isOver() || kinds.some(([name]) => !done[name])) {
    const [name, act] = round.pop() ?? []
    if (!name || !act) {
      round = random.shuffle(kinds)
      continue
    }
    await act()
    done[name] = (done[name] ?? 0) + 1
    await resumePaused(stand)
    await Bun.sleep(random.below(300))
  }
  stand.road.faults(0)
  return done
}
