import { type CodeContent, type Draft, few, type LetterContent, type Reader } from './letter-content.ts'
import { formatRoubles } from './roubles.ts'

type Draw = { [Kind in LetterContent['kind']]: (content: Extract<LetterContent, { kind: Kind }>) => Body }
type Body = { subject: string; blocks: Draft['blocks'] }

const link = 'Open the portal'
const pay = 'See and pay the invoice'
const notYou = 'If it was not you who did this, open the page “Security” in the portal:'
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
      { pay },
      { link },
    ],
  }),
  'invoice-paid': ({ amountKopecks }) => ({
    subject: `Your invoice for ${roubles(amountKopecks)} is paid`,
    blocks: [{ text: `We have received your payment of ${roubles(amountKopecks)}. Thank you!` }, { link }],
  }),
  'invoice-partly-paid': ({ amountKopecks, leftKopecks }) => ({
    subject: `We have received a part: ${roubles(amountKopecks)}`,
    blocks: [
      {
        text: `We have received ${roubles(amountKopecks)} for your invoice. ${roubles(leftKopecks)} is left to pay.`,
      },
      { pay },
      { link },
    ],
  }),
  'invoice-reminder': ({ amountKopecks, leftKopecks, dueOn, isOverdue }) => ({
    subject: isOverdue
      ? `Your invoice for ${roubles(amountKopecks)} is overdue`
      : `Your invoice for ${roubles(amountKopecks)} is due on ${dueOn}`,
    blocks: [
      {
        text: isOverdue
          ? `Your invoice for ${roubles(amountKopecks)} was due on ${dueOn}.`
          : `We remind you that your invoice for ${roubles(amountKopecks)} is due on ${dueOn}.`,
      },
      ...(leftKopecks < amountKopecks
        ? [{ text: `We have received a part of it already; ${roubles(leftKopecks)} is left to pay.` }]
        : []),
      {
        text: 'If you have paid already, there is nothing to do: a bank transfer may take three working days.',
      },
      { pay },
      { link },
    ],
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
  'identity-linked': ({ way }) => ({
    subject: `You can sign in by ${way.en} now`,
    blocks: [
      { text: `From now on ${way.en} signs you in to the portal too.` },
      {
        text: `If it was not you who did this, unlink ${way.en} in the portal: the sessions that it opened end at once.`,
      },
      { link },
    ],
  }),
  'identity-unlinked': ({ way }) => ({
    subject: `${way.en} is unlinked`,
    blocks: [
      {
        text: `${way.en} does not sign you in any more, and the sessions that it opened have ended. A code from a letter still signs you in.`,
      },
      { text: 'If it was not you who did this, please turn to the support.' },
      { link },
    ],
  }),
  'identity-disputed': ({ way, caseId }) => ({
    subject: `Sign-in by ${way.en} is suspended`,
    blocks: [
      {
        text: `One and the same ${way.en} turned out to be linked to your account and to another. Until we have found out why, it signs nobody in; a code from a letter does.`,
      },
      { text: `Please turn to the support and name this case: ${caseId}` },
      { link },
    ],
  }),
  'device-added': ({ way }) => ({
    subject: `Sign-in by ${way.en} from a new device`,
    blocks: [
      {
        text: `Somebody signed in to the portal by ${way.en}, from a browser that we see for the first time.`,
      },
      {
        text: `If it was you, there is nothing to do. If not, unlink ${way.en} in the portal: that session ends at once.`,
      },
      { link },
    ],
  }),
  'session-taken': () => ({
    subject: 'We have ended one of your sessions',
    blocks: [
      {
        text: 'The key of one of your sessions was used twice. That happens when it is stolen, so we have ended this session on all devices: please sign in again.',
      },
      { text: 'Look at the list of sessions in the portal, and end those that you do not recognise.' },
      { link },
    ],
  }),
  'passkey-added': () => ({
    subject: 'A passkey was added',
    blocks: [
      { text: 'From now on a new passkey signs you in to the portal too, and confirms what is important.' },
      { text: `${notYou} remove this passkey and end the other sessions.` },
      { link },
    ],
  }),
  'passkey-removed': () => ({
    subject: 'A passkey was removed',
    blocks: [
      { text: 'This passkey does not sign you in any more. A code from a letter still does.' },
      { text: `${notYou} end the other sessions and turn to the support.` },
      { link },
    ],
  }),
  'recovery-codes-made': () => ({
    subject: 'New recovery codes were made',
    blocks: [
      { text: 'You have new recovery codes, and those of before are good for nothing any more.' },
      { text: `${notYou} end the other sessions and make new codes.` },
      { link },
    ],
  }),
  'recovery-code-used': ({ left }) => ({
    subject: 'A recovery code was used',
    blocks: [
      { text: `A recovery code has confirmed that it is you. Codes left: ${left}.` },
      ...(left <= few ? [{ text: 'That is few: make new ones in the portal.' }] : []),
      { text: `${notYou} end the other sessions and make new codes.` },
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
