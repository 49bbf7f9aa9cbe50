import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { administrator } from './first-administrator.ts'
import { audit } from './prove/audit.ts'
import { brokenOf } from './prove/claim.ts'
import { proveCrash } from './prove/crash.ts'
import { proveFaults } from './prove/faults.ts'
import { freeBlock } from './story/free-block.ts'
import { runStack } from './story/own-stack.ts'
import { signInToManage } from './story/people.ts'
import { type Facts, runStory } from './story/steps.ts'
import { openWorld } from './story/world.ts'

test('parts killed with -9 in the middle of stories: each story finishes, nothing is lost or done twice', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveCrash({ seed, size: 0.08, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 180_000)

test('partners that fail or hang cost a client who repeats nothing only time, and the books agree', async () => {
  const seed = Math.floor(Math.random() * 1_000_000)
  console.log(`seed ${seed}`)
  const claims = await proveFaults({ seed, size: 0.02, say: (line) => console.log(line) })
  expect(brokenOf(claims)).toEqual([])
}, 120_000)

test('a stack that is started again goes on with all that it had', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kontora-kept-'))
  const facts: Facts[] = []
  const first = await runStack(await freeBlock(), folder)
  const before = await openWorld({ place: first.place, repeatForMs: 10_000 })
  expect(
    await runStory(
      before,
      'kept',
      () => {},
      (told) => facts.push(told),
    ),
  ).toBe(true)
  await first.stop()
  const second = await runStack(await freeBlock(), folder)
  const after = await openWorld({ place: second.place, repeatForMs: 10_000 })
  const { token } = await signInToManage(after, administrator)
  const findings = await audit(after, facts, token)
  expect(findings.filter(({ wrong }) => wrong.length > 0)).toEqual([])
  expect(await runStory(after, 'again', () => {})).toBe(true)
  await second.stop()
  rmSync(folder, { recursive: true, force: true })
}, 120_000)
