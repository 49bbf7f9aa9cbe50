import type { Registry } from './registry.ts'

/** Of a gateway that has no others, or of a command. */
export const alone = (id: string): Registry => ({
  self: { id, url: '', token: '' },
  others: () => [],
  hasOthers: async () => false,
  find: () => undefined,
  seek: async () => undefined,
  refresh: async () => {},
  lost: () => {},
})
