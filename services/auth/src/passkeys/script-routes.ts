import { describe } from '@kontora/service'
import { Hono } from 'hono'
import type { Resources } from '../resources.ts'
import { passkeyScript } from './passkey-script.ts'

/** Asked about again each time, so that a page never runs with the script of another version. */
export const scripts = new Hono<{ Bindings: Resources }>().get(
  '/',
  describe('The script by which our pages ask a browser for a passkey', { 200: 'text/javascript' }),
  (c) =>
    c.body(passkeyScript, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    }),
)

export const scriptAddress = ({ issuer }: Pick<Resources, 'issuer'>): string => `${issuer}/v1/passkey.js`
