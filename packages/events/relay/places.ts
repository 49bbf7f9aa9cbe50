import { partitions } from '../partition.ts'

export type Place = { topic: string; partition: number }

export const keyOf = ({ topic, partition }: Place): string => `${topic} ${partition}`

/** What a service may write: its own topic and its own dead letters. */
export const placesOf = (service: string): Place[] =>
  [service, `${service}.dlq`].flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  )

/** Alike for everyone who knows the same relays, so that each partition has one of them. */
export const shareOf = (holder: string, relays: string[], places: Place[]): Place[] => {
  const sorted = [...new Set([holder, ...relays])].sort()
  return places.filter(({ partition }) => sorted[partition % sorted.length] === holder)
}
