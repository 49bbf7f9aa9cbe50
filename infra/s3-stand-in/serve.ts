import { createS3StandIn } from './index.ts'

// The S3 of the local stack as a process: `bun serve.ts <port> <folder>`.
const [port = '', dir] = process.argv.slice(2)
const { S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_REGION: region } = process.env
if (!/^\d+$/.test(port) || !dir || !accessKey || !secretKey) {
  console.error('S3_ACCESS_KEY=… S3_SECRET_KEY=… bun serve.ts <port> <folder>')
  process.exit(2)
}
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  idleTimeout: 255,
  maxRequestBodySize: 6 * 1024 ** 3,
  fetch: createS3StandIn({ dir, accessKey, secretKey, ...(region ? { region } : {}) }).fetch,
})
console.log(JSON.stringify({ part: 's3', state: 'up', port: server.port }))
process.once('SIGTERM', async () => {
  await server.stop(true)
  process.exit(0)
})
