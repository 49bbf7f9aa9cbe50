export type Claim = {
  claim: string
  value: number | string
  goal: number | string
  ok: boolean
  seed: number
  ms: number
  /** How quick something was: the proof holds it against its goal, a test beside others on some machine does not. */
  timed?: true
}

/** What a test of a small size finds wrong. */
export const brokenOf = (claims: readonly Claim[]): Claim[] => claims.filter(({ ok, timed }) => !ok && !timed)

/** A table for people, or with `--json` one object a line. */
export const printClaims = (claims: Claim[], json: boolean): void => {
  if (json) {
    for (const claim of claims) console.log(JSON.stringify(claim))
    return
  }
  const width = Math.max(...claims.map(({ claim }) => claim.length))
  for (const { claim, value, goal, ok } of claims)
    console.log(`${ok ? '✓' : '✗'} ${claim.padEnd(width)}  ${value}  (goal ${goal})`)
}

export type ProofOptions = { seed: number; size: number; say: (line: string) => void }
export type Proof = (options: ProofOptions) => Promise<Claim[]>
