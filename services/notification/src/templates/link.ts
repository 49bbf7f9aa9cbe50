import { html } from 'hono/html'

/** Letters lead to the portal, or to payment's pages, and nowhere else: https, or http where that itself is (a laptop). */
export const safeLink = (href: string, portalUrl: string): string => {
  const portal = new URL(portalUrl)
  const target = URL.canParse(href, portal.href) ? new URL(href, portal.href) : undefined
  if (!target || target.origin !== portal.origin || !/^https?:$/.test(target.protocol))
    throw new TypeError('A letter links to our own pages only')
  return target.href
}

export const Link = (href: string, label: string, portalUrl: string) =>
  html`<p style="margin:24px 0"><a href="${safeLink(href, portalUrl)}" style="display:inline-block;padding:12px 20px;background:#0b5cad;color:#ffffff;text-decoration:none;border-radius:6px">${label}</a></p>`
