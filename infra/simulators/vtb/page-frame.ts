import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

type Page = HtmlEscapedString | Promise<HtmlEscapedString>

export const pageFrame = (title: string, body: Page): Page => html`<!doctype html>
<html lang="ru">
<head>
  <meta charset="utf-8"><meta name="viewport" content="width=device-width">
  <title>${title}</title>
  <style>
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #eef2f7; color: #1d2733 }
    main { max-width: 26rem; margin: 3rem auto; padding: 1.5rem 2rem; background: #fff; border-radius: 1rem; box-shadow: 0 1px 4px #0002 }
    h1 { font-size: 1.25rem; margin: 0 } .bank { color: #0a2896; font-weight: 600; margin: 0 0 1rem }
    .amount { font-size: 2rem; font-weight: 600; margin: .5rem 0 }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem } dd { margin: 0; overflow-wrap: anywhere }
    dt, .quiet, summary { color: #5b6875 } .quiet { font-size: .85rem } code { overflow-wrap: anywhere }
    button { font: inherit; width: 100%; padding: .7rem; margin-top: .6rem; border: 0; border-radius: .6rem; background: #0a2896; color: #fff; cursor: pointer }
    button.second { background: #e3e9f3; color: #1d2733 } button:focus-visible { outline: 3px solid #6f8cff }
    details { margin-top: 1rem } label { display: block; margin-top: .6rem } input { font: inherit; width: 5rem }
    .state { padding: .8rem 1rem; background: #eef2f7; border-radius: .6rem }
  </style>
</head>
<body><main><p class="bank">Банк (имитация)</p><h1>${title}</h1>${body}</main></body>
</html>`
