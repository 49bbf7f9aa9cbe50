/** @jsxImportSource hono/jsx */
import { raw } from 'hono/html'
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { Language } from './language.ts'
import { style } from './style.ts'

type FrameProps = PropsWithChildren<{
  language: Language
  title: string
  /** This same page in the other language, where there is one. */
  elsewhere?: string | undefined
  wide?: boolean
  /** The address of the one script that this page may run (`sendPage` has to be told it too). */
  script?: string | undefined
  /** More for the document's head. */
  head?: Child
}>

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%231d4fb8'/%3E%3Cpath d='M10 8v16M22 8 12 16l10 8' stroke='%23fff' stroke-width='4' fill='none'/%3E%3C/svg%3E"

const Mark = () => (
  <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" fill="#1d4fb8" />
    <path d="M10 8v16M22 8 12 16l10 8" stroke="#fff" stroke-width="4" fill="none" />
  </svg>
)

const other: Record<Language, { language: Language; name: string }> = {
  ru: { language: 'en', name: 'English' },
  en: { language: 'ru', name: 'Русский' },
}

/** What every page of ours has around it. */
export const Frame = ({ language, title, elsewhere, wide, script, head, children }: FrameProps) => (
  <html lang={language}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <title>{`${title} · Kontora`}</title>
      <link rel="icon" href={icon} />
      <style>{raw(style)}</style>
      {script && <script src={script} defer />}
      {head}
    </head>
    <body>
      <header>
        <p class="brand">
          <Mark /> Kontora
        </p>
        {elsewhere && (
          <a href={elsewhere} lang={other[language].language} hreflang={other[language].language}>
            {other[language].name}
          </a>
        )}
      </header>
      <main class={wide ? 'wide' : ''}>
        <div class="card">{children}</div>
      </main>
    </body>
  </html>
)
