import { join } from 'node:path'
import { envExample } from './env-example.ts'

await Bun.write(join(import.meta.dir, '.env.example'), await envExample())
