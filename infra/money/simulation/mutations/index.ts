import { changeBesideKey } from './change-beside-key.ts'
import { creditTwice } from './credit-twice.ts'
import { expireWithoutAsking } from './expire-without-asking.ts'
import type { Mutation } from './mutation.ts'
import { readBeforeLock } from './read-before-lock.ts'
import { refundBlindly } from './refund-blindly.ts'
import { settleOnCallback } from './settle-on-callback.ts'
import { trustCallbacksToCome } from './trust-callbacks-to-come.ts'
import { unknownIsFailed } from './unknown-is-failed.ts'

/** Bugs that the simulation has to find, by name. */
export const mutations: Record<string, Mutation> = {
  'settle on the callback alone': settleOnCallback,
  'credit again when a callback comes again': creditTwice,
  'an unknown refund counts as failed': unknownIsFailed,
  'expire without asking': expireWithoutAsking,
  'repeat a refund that the bank cannot tell': refundBlindly,
  'trust callbacks to come': trustCallbacksToCome,
  'change beside the key': changeBesideKey,
  'read what is left before the lock': readBeforeLock,
}
