import { readArguments, refuse } from '../../stack/arguments.ts'
import { answerRounds, runRound } from './load/rounds.ts'
import { consumeApartSteps, consumeSteps, produceSteps, waitSteps } from './load/steps.ts'

const help = `bun infra/backbone/bench/load.ts produce|consume|consume-apart|wait --url http://user:password@127.0.0.1:4090 --topic name
    [--batch 100] [--connections 16] [--group name] [--ms 3000] [--rounds 5]

A load on a kafka-http, from a process of its own: raw keep-alive HTTP/1.1 in a closed loop. One line of JSON a round: messages,
messages a second, p50 and p99 of a request in milliseconds (of a poll with its commit), own CPU in microseconds a message.

  consume        polls of --batch, each of which commits what the last brought; one instance a connection
  consume-apart  the same, with a call of its own for each commit
  wait           one instance a connection, six to a group, in long polls of 30 s

Without --rounds each line of stdin is the extent of a round: {"ms":3000} or {"messages":100000}.`

const options = ['--url', '--topic', '--batch', '--connections', '--group', '--ms', '--rounds']
const { words, options: given } = readArguments({ help, words: 1, options })
const number = (name: string, usual: number) => Number(given.get(name) ?? usual)
const kinds = {
  produce: produceSteps,
  consume: consumeSteps,
  'consume-apart': consumeApartSteps,
  wait: waitSteps,
}
const make = kinds[words[0] as keyof typeof kinds] ?? refuse('produce, consume, consume-apart or wait?')
const workers = await make({
  url: new URL(given.get('--url') ?? refuse('--url is missing')),
  topic: given.get('--topic') ?? refuse('--topic is missing'),
  batch: number('--batch', 100),
  connections: number('--connections', 16),
  group: given.get('--group') ?? 'bench',
})
const rounds = given.get('--rounds')
if (rounds === undefined) await answerRounds(workers)
for (let round = 0; round < Number(rounds ?? 0); round++)
  console.log(JSON.stringify(await runRound(workers, { ms: number('--ms', 3000) })))
process.exit(0)
