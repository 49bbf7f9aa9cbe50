import { turn } from './queue-turn.ts'

const [url = ''] = process.argv.slice(2)
console.log(JSON.stringify(await turn(url)))
