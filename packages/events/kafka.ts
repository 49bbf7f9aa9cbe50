import { Kafka } from '@upstash/kafka'

export type { Kafka }

/** A service's own credential at `kafka-http`. */
export type KafkaSettings = { url: string; username: string; password: string }

export const openKafka = ({ url, username, password }: KafkaSettings): Kafka =>
  new Kafka({ url, username, password })

/** The client repeats a failed call for 15.5 s and has no time-out: what is unanswered after `ms` is abandoned. */
export const within = async <Result>(ms: number, call: Promise<Result>): Promise<Result> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('kafka-http did not answer in time')), ms)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
    call.catch(() => {})
  }
}
