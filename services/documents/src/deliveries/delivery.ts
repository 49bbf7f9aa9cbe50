import { OneCFault } from '@kontora/one-c'
import { Id } from '@kontora/validation'
import * as v from 'valibot'
import { PartnerFault } from '../partners/partner-fault.ts'
import { System } from './system.ts'

export const DeliveryState = v.picklist(['waiting', 'delivered', 'failed'])
export type DeliveryState = v.InferOutput<typeof DeliveryState>

/** `told` is the partner's own words, for whoever must look. */
export const Delivery = v.object({
  deliveryId: Id,
  documentId: Id,
  system: System,
  state: DeliveryState,
  attempts: v.number(),
  askAt: v.string(),
  reason: v.nullable(v.string()),
  told: v.nullable(v.string()),
  deliveredAt: v.nullable(v.string()),
})

/** Only a refusal of what we sent ends it; what is away or wrongly set up is asked again. */
export type Outcome = { state: 'waiting' | 'failed'; reason: string; told: string | null }

export const outcomeOf = (error: unknown): Outcome => {
  if (!(error instanceof PartnerFault || error instanceof OneCFault))
    return { state: 'waiting', reason: 'our-fault', told: null }
  const told = error instanceof OneCFault ? (error.text ?? null) : null
  return {
    state: error.kind === 'business' ? 'failed' : 'waiting',
    reason: `${error.kind} ${error.code}`,
    told,
  }
}

const second = 1000
const longest = 60 * second

/** 2, 4, 8 … 60 s, and up to a quarter more, so that the waiting do not come back as one. */
export const pauseMs = (attempts: number, chance: number): number =>
  Math.round(Math.min(longest, second * 2 ** Math.min(attempts, 6)) * (1 + chance / 1024))
