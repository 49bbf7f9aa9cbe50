import { turn } from './queue-turn.ts'

export default {
  fetch: async (request: Request, { DATABASE_URL }: { DATABASE_URL: string }) =>
    new URL(request.url).pathname === '/turn'
      ? Response.json(await turn(DATABASE_URL))
      : new Response('alive'),
}
