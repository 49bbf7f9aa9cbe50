import { WebhookSecret } from '@kontora/validation'
import * as v from 'valibot'
import { MemberPath, TopicName } from '../http/schema.ts'
import { type Member, mostMessages } from '../log/message-log.ts'

export const PushName = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,60}$/, 'up to 60 of a-z 0-9 -'))

/** More would only lengthen the header: one that is used and one that replaces it are enough. */
export const mostSecrets = 3
export const defaultMost = 100

const isTarget = (text: string): boolean => {
  if (text.length > 2000 || !URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return /^https?:$/.test(protocol) && `${username}${password}${hash}` === ''
}

/** What an operator wishes; `most` is how many messages a batch holds, `from` where a group without a commit begins. */
export const PushWish = v.strictObject({
  name: PushName,
  topics: v.pipe(v.array(TopicName), v.minLength(1), v.maxLength(100)),
  group: MemberPath.entries.group,
  target: v.pipe(v.string(), v.check(isTarget, 'an https URL without a user or a fragment')),
  secrets: v.optional(v.pipe(v.array(WebhookSecret), v.minLength(1), v.maxLength(mostSecrets))),
  most: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostMessages)), defaultMost),
  from: v.optional(v.picklist(['earliest', 'latest']), 'earliest'),
})
export type PushWish = v.InferOutput<typeof PushWish>

export type PushState = 'active' | 'failing' | 'paused'

/** As the gateway that serves it reads it. */
export type Subscription = {
  name: string
  groupName: string
  topics: string[]
  target: string
  offsetReset: 'earliest' | 'latest'
  most: number
  failures: number
  nextAt: Date
}

export const memberOf = ({ name, groupName }: Pick<Subscription, 'name' | 'groupName'>): Member => ({
  group: groupName,
  instance: `push-${name}`,
})
