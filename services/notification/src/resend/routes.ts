import { describe, Problem } from '@kontora/service'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as v from 'valibot'
import type { Resources } from '../resources.ts'
import { recordReport } from './record-report.ts'
import { readReport } from './report.ts'
import { verifyWebhook } from './verify-webhook.ts'

const Recorded = v.object({ outcome: v.picklist(['recorded', 'known', 'foreign']) })

const mostBytes = 256 * 1024

const tooLarge = () => {
  throw new Problem('too-large', 'The body is too large', { fields: { body: `at most ${mostBytes} bytes` } })
}

export const resendWebhook = new Hono<{ Bindings: Resources }>().post(
  '/webhook',
  describe('What Resend tells of a letter, signed', { 200: Recorded }, [
    'forbidden',
    'invalid-input',
    'too-large',
  ]),
  bodyLimit({ maxSize: mostBytes, onError: tooLarge }),
  async (c) => {
    const body = await c.req.text()
    const webhookId = verifyWebhook(c.env.webhookSecret, c.req.raw.headers, body)
    if (!webhookId) throw new Problem('forbidden', 'The signature is not valid')
    const report = readReport(body, c.env.now())
    if (!report)
      throw new Problem('invalid-input', 'The body is wrong', { fields: { body: "Resend's event" } })
    return c.json({ outcome: await recordReport(c.env, webhookId, report) })
  },
)
