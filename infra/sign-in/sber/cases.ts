import { type Deviation, deviations } from '../../simulators/sber-id/mutual-tls.ts'
import type { Setup } from './stand.ts'

/** What is wrong, at which service, and what becomes of it: a page that says try again, or later; or it is borne. */
export type Case = {
  name: string
  setup: Setup
  settings?: object
  fault?: { operation: string; kind: string; status?: number; delayMs?: number }
  /** What is done in the browser's place instead of choosing a person and coming back. */
  way?: 'refuse' | 'spent-code' | 'other-browser' | 'no-cookie' | 'wrong-state' | 'twice' | 'errors'
  /** Someone other than Anna, by his id at the bank. */
  person?: string
  answer: 200 | 401 | 409 | 503
}

const token = 'POST /ru/prod/tokens/v2/oidc'
const userinfo = 'GET /ru/prod/sberbankid/v2.1/userinfo'

/** Right in other words, or what the reference leaves open: the person is signed in. */
const borne: Deviation[] = ['aud-upper', 'aud-many', 'no-rquid']
/** Nothing is signed there, or only that is seen. */
const elsewhere: Deviation[] = ['wrong-signature']

const refusedDeviations = deviations.filter((name) => !borne.includes(name) && !elsewhere.includes(name))

const ofDeviations = (setup: Setup, settings: object, names: readonly Deviation[]): Case[] =>
  names.map((name) => ({
    name: `${setup}: ${name}`,
    setup,
    settings: { ...settings, deviations: [name] },
    answer: borne.includes(name) ? 200 : 401,
  }))

const gost = { alg: 'gost34-10.2012' }

const algorithms: Case[] = [
  ...['RS256', 'HS256', 'gost34-10.2012'].map((alg) => ofAlgorithm('none', alg, 401)),
  ...['none', 'HS256', 'gost34-10.2012'].map((alg) => ofAlgorithm('RS256', alg, 401)),
  ...['none', 'HS256', 'RS256'].map((alg) => ofAlgorithm('tls', alg, 401)),
  ofAlgorithm('none', 'none', 200),
  ofAlgorithm('RS256', 'RS256', 200),
  ofAlgorithm('tls', 'gost34-10.2012', 200),
  { name: 'none: two segments', setup: 'none', settings: { segments: 2 }, answer: 200 },
  { name: 'RS256: two segments', setup: 'RS256', settings: { alg: 'RS256', segments: 2 }, answer: 401 },
  { name: 'tls: two segments', setup: 'tls', settings: { ...gost, segments: 2 }, answer: 401 },
]

function ofAlgorithm(setup: Setup, alg: string, answer: 200 | 401): Case {
  return { name: `${setup}: a token of ${alg}`, setup, settings: { alg }, answer }
}

const errors: Case[] = ['gateway', 'oauth'].flatMap((words) =>
  (['token', 'userinfo'] as const).flatMap((call) =>
    [302, 307, 400, 401, 405, 429, 500, 503].map((status) => ({
      name: `${call} answers ${status} in the words of ${words}`,
      setup: 'none' as const,
      settings: { errors: words, refuses: { call, status } },
      answer: status >= 500 ? (503 as const) : (401 as const),
    })),
  ),
)

const faults: Case[] = [token, userinfo].flatMap((operation) => [
  { name: `garbage: ${operation}`, setup: 'none', fault: { operation, kind: 'garbage' }, answer: 401 },
  { name: `down: ${operation}`, setup: 'none', fault: { operation, kind: 'error' }, answer: 503 },
  {
    name: `done, then a timeout of the gateway: ${operation}`,
    setup: 'none',
    fault: { operation, kind: 'timeout-after-acting', delayMs: 5 },
    answer: 503,
  },
])

const browsers: Case[] = [
  ...(['refuse', 'spent-code', 'other-browser', 'no-cookie', 'wrong-state', 'twice', 'errors'] as const),
].map((way) => ({ name: `browser: ${way}`, setup: 'none', way, answer: 401 }))

const certificates: Case[] = (['no-certificate', 'strange-certificate', 'strange-authority'] as const).map(
  (setup) => ({ name: `mutual TLS: ${setup}`, setup, answer: 503 }),
)

const people: Case[] = [
  { name: 'a subject of 80 digits', setup: 'none', person: 'boris', answer: 200 },
  { name: 'another subject of Anna, known as alternate', setup: 'none', person: 'anna-renamed', answer: 200 },
  { name: 'no e-mail, a telephone in display format', setup: 'none', person: 'vera', answer: 200 },
  { name: 'subjects of two accounts', setup: 'none', person: 'anna-and-boris', answer: 409 },
]

export const cases: Case[] = [
  ...ofDeviations('none', {}, [...refusedDeviations, ...borne]),
  ...ofDeviations('RS256', { alg: 'RS256' }, ['wrong-signature', 'wrong-nonce', 'expired', 'wrong-iss']),
  ...ofDeviations('tls', gost, ['wrong-nonce', 'wrong-aud', 'expired', 'old-iat', 'userinfo-wrong-sub']),
  ...algorithms,
  ...errors,
  ...faults,
  ...browsers,
  ...certificates,
  ...people,
  { name: 'an access token that has ended', setup: 'none', settings: { accessTokenSeconds: 0 }, answer: 401 },
]

/** Longer than we wait for any answer: at full size only. */
export const slowCases: Case[] = [token, userinfo].map((operation) => ({
  name: `slow: ${operation}`,
  setup: 'none',
  fault: { operation, kind: 'delay', delayMs: 11_000 },
  answer: 503,
}))
