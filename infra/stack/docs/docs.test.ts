import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withSettings } from './settings-tables.ts'

const top = join(import.meta.dir, '../../..')
const readme = readFileSync(join(top, 'README.md'), 'utf8')
const services = ['auth', 'client', 'documents', 'notification', 'payment', 'kafka-http']

test("the README's settings are those that the services read", () => {
  expect(withSettings(readme)).toBe(readme)
})

test('every path that a README names is there', () => {
  const files = ['README.md', ...services.map((name) => `services/${name}/README.md`)]
  for (const file of files) {
    const text = readFileSync(join(top, file), 'utf8')
    for (const [, path] of text.matchAll(/`((?:services|packages|infra)\/[\w./-]+)`/g))
      expect(existsSync(join(top, path ?? '')), `${file} names ${path}`).toBe(true)
  }
})

test('each service says in twenty lines what it owns, emits, hears, talks to and reads', () => {
  for (const name of services) {
    const text = readFileSync(join(top, 'services', name, 'README.md'), 'utf8')
    expect(text.trim().split('\n').length, name).toBeLessThanOrEqual(20)
    for (const word of [/own/i, /emit/i, /hear/i, /talk/i, /setting/i])
      expect(text, `${name} ${word}`).toMatch(word)
  }
})

test('every command of package.json answers in the README', () => {
  const { scripts } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const name of Object.keys(scripts)) expect(readme).toContain(`\`${name}`)
})
