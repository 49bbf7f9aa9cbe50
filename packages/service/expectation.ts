import type * as v from 'valibot'

/** Valibot's own messages end with the value that came in; one that we wrote never does. */
const isOwn = ({ message, received }: v.BaseIssue<unknown>): boolean =>
  !message.toLowerCase().endsWith(`received ${received.toLowerCase()}`)

const checks = new Set(['check', 'raw_check', 'raw_transform', 'regex'])

/** What should have been there, never what was. */
export const expectationOf = (issue: v.BaseIssue<unknown>): string => {
  if (checks.has(issue.type) && isOwn(issue)) return issue.message
  if (issue.type === 'regex') return 'of another form'
  return issue.expected ?? issue.type
}
