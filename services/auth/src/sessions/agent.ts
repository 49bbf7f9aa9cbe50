import type { Caller } from '../budgets/caller.ts'
import type { Pepper } from '../secrets/pepper.ts'

type Hashing = { pepper: Pepper }

const partsOf = ({ userAgent = '' }: Caller) => ['device', userAgent] as const

/** The sign of "the same device", by what the browser says of itself: kept with the session. */
export const agentHashOf = ({ pepper }: Hashing, caller: Caller): Promise<string> =>
  pepper(...partsOf(caller))

/** What a kept one is compared with. */
export const agentHashesOf = ({ pepper }: Hashing, caller: Caller): Promise<string[]> =>
  pepper.each(...partsOf(caller))
