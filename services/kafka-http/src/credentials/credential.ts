export type Right = { permission: 'ALL' | 'PRODUCE' | 'CONSUME'; topics: string }
/** Of each gateway; null is none. */
export type Limits = { requestsPerSecond: number | null; bytesPerSecond: number | null }
export type Credential = Limits & { name: string; passwordHash: string; rights: Right[] }

/** `topics` is a topic's name, the start of several (`orders-*`) or all (`*`). */
const covers = (topics: string, topic: string): boolean =>
  topics.endsWith('*') ? topic.startsWith(topics.slice(0, -1)) : topic === topics

export const may = (credential: Credential, permission: 'PRODUCE' | 'CONSUME', topic: string): boolean =>
  credential.rights.some(
    (right) => (right.permission === 'ALL' || right.permission === permission) && covers(right.topics, topic),
  )
