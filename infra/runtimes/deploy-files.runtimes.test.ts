import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installTools, runTool } from './check-tools.ts'

// Others than ourselves read what docker will read.
const top = join(import.meta.dir, '../..')
const folder = mkdtempSync(join(tmpdir(), 'kontora-deploy-'))
beforeAll(installTools, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const broken = async (name: string, path: string, wrong: (text: string) => string): Promise<string> => {
  const copy = join(folder, name)
  await Bun.write(copy, wrong(await Bun.file(join(top, path)).text()))
  return copy
}

test('docker-compose.yml keeps to the schema of the compose specification, and a copy with a wrong key does not', async () => {
  const check = (path: string) => runTool('check-jsonschema', '--builtin-schema', 'vendor.compose-spec', path)
  expect(await check(join(top, 'docker-compose.yml'))).toMatchObject({ code: 0 })
  const wrong = await broken('compose.yml', 'docker-compose.yml', (text) =>
    text.replace('depends_on:', 'depend_on:'),
  )
  expect(await check(wrong)).toMatchObject({ code: 1 })
})

test('hadolint has nothing to say of the Dockerfile, and has of one that runs as root', async () => {
  const path = 'infra/images/Dockerfile'
  expect(await runTool('hadolint', join(top, path))).toEqual({ code: 0, said: '' })
  const wrong = await broken('Dockerfile', path, (text) => text.replace('USER 1000:1000', 'USER root'))
  expect((await runTool('hadolint', wrong)).said).toContain('DL3002')
})
