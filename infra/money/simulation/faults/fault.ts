/** Nothing: the line broke, or the time was over. */
export type Answer = { status: number; text: string } | undefined

/** One way in which the bank, or the line to it, lies. */
export type Fault = {
  /** Of a thousand calls, how many it meets. */
  perMille: number
  /** The operations that it meets; each, unless it is said. */
  operations?: RegExp
  /** `act` is the bank doing what it was asked. */
  meet: (act: () => Promise<Answer>) => Promise<Answer>
  /** How long the caller waits for it, in virtual milliseconds. */
  tookMs?: number
}
