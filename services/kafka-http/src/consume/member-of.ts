import { parseInput } from '@kontora/service'
import { MemberPath } from '../http/schema.ts'
import type { Member } from '../log/message-log.ts'

export const memberOf = (path: object): Member => parseInput(MemberPath, path, 'path')
