import type { Seal } from '@kontora/service'
import Bowser from 'bowser'
import type { Caller } from '../budgets/caller.ts'
import { wideNetworkOf } from '../budgets/network.ts'

/** By what a person knows his session again. Sealed at rest, gone with the session, never in a log or an event. */
export type Seen = { device: string | null; network: string | null; country: string | null }

const unknown: Seen = { device: null, network: null, country: null }

/** Anyone can write anything there, so only a plain name is taken out of it. */
const plain = (name: string): string[] => (/^[A-Za-z0-9][A-Za-z0-9 .+-]{0,39}$/.test(name) ? [name] : [])

const deviceOf = (userAgent: string | undefined): string | null => {
  if (!userAgent) return null
  const parser = Bowser.getParser(userAgent)
  return [...plain(parser.getBrowserName()), ...plain(parser.getOSName())].join(', ') || null
}

const seenOf = ({ userAgent, network, country }: Caller): Seen => ({
  device: deviceOf(userAgent),
  network: network === undefined ? null : wideNetworkOf(network),
  country: country ?? null,
})

export const closeSeen = ({ seal }: { seal: Seal }, caller: Caller): Promise<string> =>
  seal.close('session-seen', JSON.stringify(seenOf(caller)))

/** Nothing is known of one that was opened before this was kept. */
export const openSeen = async ({ seal }: { seal: Seal }, sealed: string | null): Promise<Seen> =>
  sealed === null ? unknown : (JSON.parse(await seal.open('session-seen', sealed)) as Seen)
