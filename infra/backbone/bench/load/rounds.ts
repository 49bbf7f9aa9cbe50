import { createInterface } from 'node:readline'

/** Until the time is over, or until so many messages are done. */
export type Extent = { ms: number } | { messages: number }
export type Round = {
  messages: number
  seconds: number
  perSecond: number
  /** Of a step, in milliseconds. */
  p50: number
  p99: number
  /** CPU of this process, in microseconds a message. */
  cpuMicros: number
}
/** Does one thing and answers how many messages it was. */
export type Step = () => Promise<number>

const quantile = (sorted: Float64Array, part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0

const short = (value: number): number => Number(value.toPrecision(4))

/** A closed loop: each worker takes its next step when its last is done. */
export const runRound = async (workers: readonly Step[], extent: Extent): Promise<Round> => {
  const times: number[] = []
  const begun = performance.now()
  const cpu = process.cpuUsage()
  let messages = 0
  const goesOn = (time: number): boolean =>
    'ms' in extent ? time < begun + extent.ms : messages < extent.messages
  const work = async (step: Step) => {
    for (let start = begun; goesOn(start); ) {
      const done = await step()
      // Not in one expression: that would read the sum before the wait, and lose what others added meanwhile.
      messages += done
      const end = performance.now()
      times.push(end - start)
      start = end
    }
  }
  await Promise.all(workers.map(work))
  const seconds = (performance.now() - begun) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const sorted = Float64Array.from(times).sort()
  return {
    messages,
    seconds: short(seconds),
    perSecond: Math.round(messages / seconds),
    p50: short(quantile(sorted, 0.5)),
    p99: short(quantile(sorted, 0.99)),
    cpuMicros: short((user + system) / Math.max(messages, 1)),
  }
}

/** Each line of stdin is the extent of a round, each line of stdout what it measured: so rounds can be interleaved. */
export const answerRounds = async (workers: readonly Step[]): Promise<void> => {
  console.log(JSON.stringify({ ready: true }))
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await runRound(workers, JSON.parse(line))))
}
