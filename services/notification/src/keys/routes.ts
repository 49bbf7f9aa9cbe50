import { describe } from '@kontora/service'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { currentLetterKeys } from './make-letter-key.ts'

const Keys = v.object({ keys: v.array(v.record(v.string(), v.unknown())) })

export const letterKeys = new Hono<{ Bindings: Resources }>().get(
  '/letter-keys.json',
  describe('Public keys that a code for a letter is encrypted with', { 200: Keys }),
  async (c) => {
    c.header('cache-control', 'public, max-age=300')
    return c.json({ keys: await currentLetterKeys(c.env) })
  },
)
