import type { CodeContent, Draft, LetterContent, Reader } from './letter-content.ts'
import { formatRoubles } from './roubles.ts'

type Draw = { [Kind in LetterContent['kind']]: (content: Extract<LetterContent, { kind: Kind }>) => Body }
type Body = { subject: string; blocks: Draft['blocks'] }

const link = 'Open the portal'
const roubles = (kopecks: number) => formatRoubles(kopecks, 'en')

const documentNames = new Map([
  ['passport', 'passport'],
  ['contract', 'contract'],
  ['act', 'act of acceptance'],
  ['invoice', 'invoice'],
  ['receipt', 'receipt'],
  ['statement', 'statement'],
])

const reasons = new Map([
  ['unreadable', 'it cannot be read'],
  ['wrong-document', 'it is another document'],
  ['incomplete', 'pages or details are missing'],
  ['expired', 'it has expired'],
])

const drawn: Draw = {
  'invoice-issued': ({ amountKopecks }) => ({
    subject: `You have an invoice for ${roubles(amountKopecks)}`,
    blocks: [
      { text: `You have an invoice for ${roubles(amountKopecks)}. You can pay it in the portal.` },
      { link },
    ],
  }),
  'invoice-paid': ({ amountKopecks }) => ({
    subject: `Your invoice for ${roubles(amountKopecks)} is paid`,
    blocks: [{ text: `We have received your payment of ${roubles(amountKopecks)}. Thank you!` }, { link }],
  }),
  'refund-settled': ({ amountKopecks }) => ({
    subject: `Refund of ${roubles(amountKopecks)}`,
    blocks: [
      { text: `We have returned ${roubles(amountKopecks)} to you, by the same way as you paid.` },
      { link },
    ],
  }),
  'document-requested': ({ documentKind, dueOn }) => ({
    subject: 'We need a document',
    blocks: [
      {
        text: `Please upload a document in the portal: ${documentNames.get(documentKind) ?? 'you will find there which one'}.`,
      },
      ...(dueOn ? [{ text: `We need it by ${dueOn}.` }] : []),
      { link },
    ],
  }),
  'document-accepted': () => ({
    subject: 'Your document is accepted',
    blocks: [{ text: 'We have checked your document and accepted it.' }, { link }],
  }),
  'document-rejected': ({ reasonCode }) => ({
    subject: 'Your document is not accepted',
    blocks: [
      {
        text: `We have checked your document and could not accept it: ${reasons.get(reasonCode) ?? 'the reason is given in the portal'}.`,
      },
      { text: 'Please upload it again.' },
      { link },
    ],
  }),
  mailing: ({ subject, text }) => ({ subject, blocks: text.split(/\n{2,}/).map((part) => ({ text: part })) }),
}

export const drawEnglish = (content: LetterContent, { displayName }: Reader): Draft => ({
  ...drawn[content.kind](content as never),
  greeting: displayName ? `Hello ${displayName},` : 'Hello,',
})

const codeWords = {
  'sign-in': {
    subject: 'Your sign-in code',
    before: 'Your sign-in code:',
    after: 'If you did not sign in, there is nothing to do.',
  },
  'second-proof': {
    subject: 'Your confirmation code',
    before: 'You are signed in and have begun something that needs a confirmation. Your code:',
    after: 'If this was not you, somebody else is signed in under your name: end your sessions and tell us.',
  },
}

export const drawEnglishCode = ({ code, minutes, purpose }: CodeContent): Draft => ({
  subject: codeWords[purpose].subject,
  greeting: null,
  blocks: [
    { text: codeWords[purpose].before },
    { code },
    { text: `It is good for ${minutes} min. Tell it to nobody: our staff never ask for it.` },
    { text: codeWords[purpose].after },
  ],
})
