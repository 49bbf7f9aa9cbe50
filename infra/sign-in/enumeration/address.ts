export const kinds = ['known', 'unknown', 'blocked'] as const
export type Kind = (typeof kinds)[number]

/** Of one length, so that nothing but whose it is tells them apart. */
export const addressOf = (kind: Kind, index: number): string =>
  `${kind.slice(0, 1)}${String(index).padStart(7, '0')}@example.com`

export const kindOf = (email: string): Kind =>
  kinds.find((kind) => kind.startsWith(email.slice(0, 1))) ?? 'unknown'
