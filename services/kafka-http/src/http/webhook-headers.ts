import type { Header } from '../log/message-log.ts'

/** Standard fields, what a browser or a proxy adds, and our own; all else is the sender's and goes with the message. */
const standard =
  /^(accept(-.*)?|age|allow|alt-used|authorization|cache-control|cdn-loop|connection|content-.*|cookie2?|date|dnt|early-data|expect|expires|forwarded|from|host|if-.*|keep-alive|max-forwards|origin|pragma|priority|proxy-.*|range|referer|save-data|sec-.*|te|trailer|transfer-encoding|upgrade(-.*)?|user-agent|vary|via|warning|x-forwarded-.*|x-real-ip|kafka-.*)$/

export const ownHeaders = (headers: Record<string, string>): Header[] =>
  Object.entries(headers)
    .filter(([key]) => !standard.test(key))
    .map(([key, value]) => ({ key, value }))
