import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { LinkToken } from '../payer-links/payer-link.ts'

/**
 * Where a browser began an attempt: by a link, or as the payer himself. Only this browser knows it, for the bank's address of an
 * order is no secret, and must not lead whoever has it to an invoice.
 */
export type WayBack = { attemptId: string; to: string }

const WayBack = v.object({ attemptId: Id, to: v.union([v.literal('own'), LinkToken]) })

/** So many payments are under way in one browser. */
const most = 3

export const wayCookie = (isSecure: boolean) => ({ name: 'kontora-paying', isSecure })

/** The newest first. */
export const readWays = (cookie: string | undefined): WayBack[] =>
  (cookie ?? '')
    .split('~')
    .slice(0, most)
    .map((one) => one.split('.'))
    .map(([attemptId, to]) => ({ attemptId, to }))
    .filter((one): one is WayBack => v.is(WayBack, one))

export const noteWay = (cookie: string | undefined, way: WayBack): string =>
  [way, ...readWays(cookie).filter(({ attemptId }) => attemptId !== way.attemptId)]
    .slice(0, most)
    .map(({ attemptId, to }) => `${attemptId}.${to}`)
    .join('~')
