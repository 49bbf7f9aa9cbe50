import { secondProofNeeded } from '@kontora/access'
import type { Problem, RateLimit } from '@kontora/service'
import type { Resources } from '../resources.ts'

/** He is signed in, and as far from his second proof as before. */
export const refusedProof = (
  { issuer }: Pick<Resources, 'issuer'>,
  title: string,
  rateLimits: RateLimit[] = [],
): Problem => secondProofNeeded(issuer, title, rateLimits)
