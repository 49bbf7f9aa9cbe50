import { expect, test } from 'bun:test'
import { Url } from '@kontora/validation'
import * as v from 'valibot'
import {
  commonSettings,
  machineSettings,
  NumberSetting,
  PostgresUrl,
  readSettings,
  refuseTestHosts,
  SettingsError,
  setting,
  settingsRows,
} from './index.ts'

const table = {
  DATABASE_URL: setting(PostgresUrl, 'Own database'),
  PORT: setting(v.optional(NumberSetting(1, 65_535), '8080'), 'Port'),
  MODE: setting(v.picklist(['open', 'invited']), 'Who may come'),
  EXTRA: setting(v.optional(v.pipe(v.string(), v.url())), 'An address'),
  CODE: setting(v.optional(v.pipe(v.string(), v.regex(/^\d+$/))), 'A code'),
}
const right = { DATABASE_URL: 'postgres://a:b@db/x', MODE: 'open' }

const messageOf = (env: unknown): string => {
  try {
    readSettings(table, env)
    return ''
  } catch (error) {
    return error instanceof SettingsError ? error.message : 'another error'
  }
}

test('defaults are taken, numbers read, and an empty text is an absent one', () => {
  expect(readSettings(table, { ...right, PORT: '' })).toMatchObject({ PORT: 8080, MODE: 'open' })
  expect(readSettings(table, { ...right, PORT: '81', OTHER: 'ignored' })).toMatchObject({ PORT: 81 })
})

test('all faults stand in one message, by name, without any value', () => {
  const secret = 'sEcReT'
  const message = messageOf({
    DATABASE_URL: `mysql://root:${secret}@x`,
    PORT: secret,
    EXTRA: secret,
    CODE: secret,
  })
  expect(message).not.toContain(secret)
  for (const name of Object.keys(table)) expect(message).toContain(`\n  ${name} `)
  expect(message).toContain('DATABASE_URL should be a postgres:// URL')
  expect(message).toContain('MODE is required')
  expect(message).toContain('PORT should be a whole number from 1 to 65535')
})

test('a setting that is read in our own way says what it wants in our own words', () => {
  const Words = v.pipe(
    v.string(),
    v.rawTransform<string, string[]>(({ addIssue, NEVER }) => {
      addIssue({ message: 'words, separated by commas' })
      return NEVER
    }),
  )
  expect(() => readSettings({ WORDS: setting(Words, 'Words') }, { WORDS: 'sEcReT' })).toThrow(
    'Settings are wrong:\n  WORDS should be words, separated by commas',
  )
})

test("a machine's key that is none is told at the start, without a letter of it", () => {
  const { MACHINE_KEY } = machineSettings
  const d = 'sEcReT'.padEnd(43, 'A')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d }
  const faultOf = (value: string) => {
    try {
      readSettings({ MACHINE_KEY }, { MACHINE_KEY: value })
      return ''
    } catch (error) {
      return String(error)
    }
  }
  expect(faultOf(JSON.stringify({ ...jwk, kid: 'payment' }))).toBe('')
  for (const wrong of [
    d,
    '{',
    'null',
    JSON.stringify({ ...jwk, d: undefined }),
    JSON.stringify({ ...jwk, crv: 'X' }),
  ]) {
    expect(faultOf(wrong)).toContain('MACHINE_KEY should be a private JWK')
    expect(faultOf(wrong)).not.toContain('sEcReT')
  }
})

test('a number outside its bounds is refused', () => {
  for (const PORT of ['0', '65536', '-1', '1.5', '1e3', ' 1'])
    expect(messageOf({ ...right, PORT })).toContain('PORT')
})

test('the rows of the table say what is required', () => {
  expect(settingsRows(table).map((row) => [row.name, row.default])).toEqual([
    ['DATABASE_URL', 'required'],
    ['PORT', '8080'],
    ['MODE', 'required'],
    ['EXTRA', 'none'],
    ['CODE', 'none'],
  ])
})

test('production starts with no simulator and no test stand', () => {
  const hosts =
    (url: string, ENVIRONMENT = 'production') =>
    () =>
      refuseTestHosts({ ENVIRONMENT, BANK_URL: url } as never)
  for (const url of [
    'http://localhost:4000',
    'http://127.0.0.1:1/x',
    'http://[::1]:1',
    'https://vtb.rbsuat.com/payment',
    'https://api.bankingapi.ru',
    'https://id-ift.sber.ru',
    'https://test3.api.vtb.ru',
  ])
    expect(hosts(url)).toThrow('BANK_URL names')
  expect(hosts('https://platezh.vtb24.ru/payment')).not.toThrow()
  expect(hosts('http://localhost:4000', 'local')).not.toThrow()
  expect(() => readSettings({ BANK_URL: setting(Url, '') }, { BANK_URL: 'ftp://x' })).toThrow(
    'BANK_URL should be',
  )
  expect(Object.keys(commonSettings)).toContain('SLOT')
})
