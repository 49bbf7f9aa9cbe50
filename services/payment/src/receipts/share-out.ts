/**
 * A sum over weights in their proportion, exact: the shares add up to it, none is negative, and none exceeds its weight
 * where the sum does not exceed them all. Undefined when it does, or when there is nothing to share over.
 */
export const shareOut = (totalKopecks: number, weights: readonly number[]): number[] | undefined => {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  const total = BigInt(totalKopecks)
  if (total > whole || whole === 0n) return undefined
  let passed = 0n
  let given = 0n
  return weights.map((weight) => {
    passed += BigInt(weight)
    const upToHere = (total * passed) / whole
    const share = upToHere - given
    given = upToHere
    return Number(share)
  })
}
