import { secondProofNeeded } from '@kontora/access'
import type { Problem } from '@kontora/service'
import type { Resources } from '../resources.ts'

/** He is signed in, and as far from his second proof as before. */
export const refusedProof = ({ issuer }: Pick<Resources, 'issuer'>, title: string): Problem =>
  secondProofNeeded(issuer, title)
