import { readArguments } from './arguments.ts'
import { StartFault } from './place.ts'
import { freeBlock } from './story/free-block.ts'
import { endWithStacks, findStack, runStack } from './story/own-stack.ts'
import { runStory, type Step } from './story/steps.ts'
import { openWorld } from './story/world.ts'

const help = `story: plays the main story over HTTP against the running stack (KONTORA_PORT, default 4000), or, when none runs,
against one of its own in a temporary folder.

  --json   one object per line: {"step","ok","ms","detail"}`

const json = readArguments({ help, flags: ['--json'] }).flags.has('--json')

const print = (step: Step) => {
  if (json) return console.log(JSON.stringify(step))
  console.log(`${step.ok ? '✓' : '✗'} ${step.step}  ${step.ms} ms  ${step.detail}`)
}

endWithStacks()
const found = await findStack().catch((error: unknown) => {
  if (!(error instanceof StartFault)) throw error
  console.error(error.message)
  process.exit(1)
})
const own = found ? undefined : await runStack(await freeBlock())
const place = found ?? own?.place
if (!place) throw new Error('unreachable')
if (own && !json) console.log(`No stack runs at KONTORA_PORT, so one of its own: ${place.url}`)
const world = await openWorld({ place, repeatForMs: 0 })
const ok = await runStory(world, Date.now().toString(36), print)
await own?.stop()
process.exit(ok ? 0 : 1)
