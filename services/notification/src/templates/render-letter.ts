import { html, raw } from 'hono/html'
import { drawEnglish, drawEnglishCode } from './english.ts'
import type { Block, CodeContent, Draft, LetterContent, Links, Reader } from './letter-content.ts'
import { Link, safeLink } from './link.ts'
import { drawRussian, drawRussianCode } from './russian.ts'

export type RenderedLetter = { subject: string; html: string; text: string }

export const renderLetter = (
  content: LetterContent | CodeContent,
  reader: Reader,
  links: Links,
): Promise<RenderedLetter> => shape(draw(content, reader), reader, links)

const draw = (content: LetterContent | CodeContent, reader: Reader): Draft => {
  const russian = reader.locale === 'ru'
  if (content.kind === 'login-code') return russian ? drawRussianCode(content) : drawEnglishCode(content)
  return russian ? drawRussian(content, reader) : drawEnglish(content, reader)
}

const shape = async (draft: Draft, { locale }: Reader, links: Links): Promise<RenderedLetter> => {
  const greeting = draft.greeting ? [{ text: draft.greeting }] : []
  const blocks = [...greeting, ...draft.blocks].filter((block) => !('pay' in block) || links.payUrl)
  const body = await Promise.all(blocks.map((block) => htmlOf(block, links)))
  const page = await html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${draft.subject}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#1d2733;font:16px/1.5 Arial,sans-serif">
<div style="max-width:560px;margin:0 auto">${body}</div>
</body>
</html>`
  const text = blocks.map((block) => textOf(block, links)).join('\n\n')
  return { subject: draft.subject, html: String(page), text: `${text}\n` }
}

const paragraph = (text: string) => {
  const lines = text
    .split('\n')
    .map((line, index) => (index === 0 ? html`${line}` : html`${raw('<br>')}${line}`))
  return html`<p>${lines}</p>`
}

const htmlOf = (block: Block, links: Links) => {
  const { portalUrl, payUrl = portalUrl } = links
  if ('code' in block)
    return html`<p style="margin:16px 0;font-size:32px;font-weight:bold;letter-spacing:6px">${block.code}</p>`
  if ('pay' in block) return Link(payUrl, block.pay, payUrl)
  return 'link' in block ? Link(portalUrl, block.link, portalUrl) : paragraph(block.text)
}

const textOf = (block: Block, { portalUrl, payUrl = portalUrl }: Links): string => {
  if ('code' in block) return block.code
  if ('pay' in block) return `${block.pay}: ${safeLink(payUrl, payUrl)}`
  return 'link' in block ? `${block.link}: ${safeLink(portalUrl, portalUrl)}` : block.text
}
