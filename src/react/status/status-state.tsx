'use client'

import { type ReactElement, useEffect, useState } from 'react'
import type { PairingLinkReason, PairingLinkStatus } from '../../core/link-status.js'
import { formatMessage, type PairingErrorText, type PairingLinkMessages } from '../../core/messages.js'
import { errorSentences } from '../session-lead.js'
import type { PairingStatusPartProps } from './status-parts.js'

/**
 * The state in words, and why it needs attention and what to do. Also `syncProgress` of {@link PairingSession} below 100, and the
 * age of a state that could not be read again.
 */
export function StatusState({ pairing, messages, localeTag, part }: PairingStatusPartProps): ReactElement {
  const { link } = pairing
  const { status, last, reason, error, syncProgress: percent = 100 } = link
  const why = reason ? reasonText(reason, messages) : error && textOf(messages.errors?.[error])
  return (
    <div {...part('link-text')}>
      {/* Always rendered, so that screen readers announce each change once. */}
      <p role="status" {...part('link-state')}>
        {messages[stateTexts[last ?? status]]}
      </p>
      {why && <p {...part('link-reason')}>{why}</p>}
      {percent < 100 && messages.syncing && (
        <p {...part('link-sync')}>{formatMessage(messages.syncing, { percent })}</p>
      )}
      {last && <AsOf link={link} messages={messages} localeTag={localeTag} part={part} />}
    </div>
  )
}

const stateTexts = {
  linked: 'linkLinked',
  'not-linked': 'linkNone',
  'needs-attention': 'linkAttention',
  unknown: 'linkChecking',
} as const satisfies Readonly<Record<PairingLinkStatus['status'], keyof PairingLinkMessages>>

function reasonText(
  reason: PairingLinkReason,
  messages: PairingStatusPartProps['messages'],
): string | undefined {
  if (reason === 'unlinked-on-phone') return messages.linkLost
  return reason === 'passkey-required' ? messages.linkPasskey : textOf(messages.errors?.[reason])
}

const textOf = (text: PairingErrorText | undefined): string | undefined => text && errorSentences(text)

function AsOf({
  link: { asOf = 0, error },
  messages,
  localeTag,
  part,
}: Pick<PairingStatusPartProps, 'messages' | 'localeTag' | 'part'> & {
  readonly link: PairingLinkStatus
}): ReactElement {
  const time = useLocalTime(asOf, localeTag)
  return (
    <p {...part('link-as-of')}>
      {error ? messages.linkUnreachable : messages.linkChecking}{' '}
      <time dateTime={new Date(asOf).toISOString()}>
        {time && formatMessage(messages.linkAsOf, { time })}
      </time>
    </p>
  )
}

/** The time of day, and the date if it was another day. Only in the browser, because a server may be in another time zone. */
function useLocalTime(at: number, localeTag: string): string | undefined {
  const [text, setText] = useState<string>()
  useEffect(() => {
    const isToday = new Date(at).toDateString() === new Date().toDateString()
    const style = isToday ? undefined : ('medium' as const)
    setText(timeText(at, localeTag, { timeStyle: 'short', dateStyle: style }))
  }, [at, localeTag])
  return text
}

function timeText(at: number, localeTag: string, style: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(localeTag, style).format(at)
  } catch {
    // The app's own locale may have an invalid tag, such as `pt_BR`.
    return new Intl.DateTimeFormat(undefined, style).format(at)
  }
}
