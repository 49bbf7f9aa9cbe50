import type { Proof } from '../../stack/prove/claim.ts'
import { provePush } from './push.ts'

/** Claim → its proof at full size; `test` holds a small one of each. */
export const eventProofs: Record<string, Proof> = { push: provePush }
