import type { Limits } from './credential.ts'

type Bucket = { requests: number; bytes: number; at: number }

/** Token buckets that hold a second's worth, one a user. `take` answers after how many seconds to come again; 0 is yes. */
export type Buckets = {
  take: (name: string, limits: Limits, bytes: number) => number
  charge: (name: string, bytes: number) => void
}

export const createBuckets = (now: () => Date): Buckets => {
  const buckets = new Map<string, Bucket>()
  const filled = (name: string, { requestsPerSecond, bytesPerSecond }: Limits): Bucket => {
    const [requests, bytes] = [requestsPerSecond ?? 0, bytesPerSecond ?? 0]
    const at = now().getTime()
    const bucket = buckets.get(name) ?? { requests, bytes, at }
    const seconds = Math.max(0, at - bucket.at) / 1000
    bucket.requests = Math.min(requests, bucket.requests + seconds * requests)
    bucket.bytes = Math.min(bytes, bucket.bytes + seconds * bytes)
    bucket.at = at
    buckets.set(name, bucket)
    return bucket
  }
  return {
    // Bytes may go below nothing, so that a body larger than a second's worth passes and is paid for by waiting.
    take: (name, limits, bytes) => {
      const { requestsPerSecond, bytesPerSecond } = limits
      const bucket = filled(name, limits)
      const forRequests = requestsPerSecond ? Math.max(0, 1 - bucket.requests) / requestsPerSecond : 0
      const forBytes = bytesPerSecond && bucket.bytes <= 0 ? (1 - bucket.bytes) / bytesPerSecond : 0
      const waitSeconds = Math.ceil(Math.max(forRequests, forBytes))
      if (waitSeconds > 0) return waitSeconds
      bucket.requests -= 1
      bucket.bytes -= bytes
      return 0
    },
    charge: (name, bytes) => {
      const bucket = buckets.get(name)
      if (bucket) bucket.bytes -= bytes
    },
  }
}
