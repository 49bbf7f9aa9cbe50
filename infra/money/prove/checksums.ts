import { checksumCases } from '../../../services/payment/src/vtb/testing-checksums.node.ts'
import { vectors } from '../../../services/payment/src/vtb/testing-vectors.node.ts'
import type { Proof } from '../../stack/prove/claim.ts'

const isPositive = (name: string): boolean => !name.endsWith('is refused') && !name.includes(' refused ')

/** The six vectors of the reference, and everything that must not verify in their place. */
export const proveChecksums: Proof = async ({ seed }) => {
  const begun = performance.now()
  const wrong: string[] = []
  for (const { name, holds } of checksumCases) if (!(await holds())) wrong.push(name)
  const ms = Math.round(performance.now() - begun)
  const verified = vectors.filter(
    ({ name }) => !wrong.some((one) => one.startsWith(`${name}: `) && isPositive(one)),
  )
  const negatives = checksumCases.filter(({ name }) => !isPositive(name)).length
  const refused = negatives - wrong.filter((name) => !isPositive(name)).length
  return [
    {
      claim: 'checksums: vectors that verify',
      value: verified.length,
      goal: 6,
      ok: verified.length === 6,
      seed,
      ms,
    },
    {
      claim: 'checksums: what must not verify and does not',
      value: wrong.length === 0 ? refused : `${refused}; ${wrong.slice(0, 5).join('; ')}`,
      goal: negatives,
      ok: wrong.length === 0,
      seed,
      ms,
    },
  ]
}
