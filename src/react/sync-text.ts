import { formatMessage } from '../core/messages.js'

/**
 * How much of the chats is copied, in words. Nothing where that is not known, where all of them are, and until the text has loaded.
 *
 * @param progress 0 to 100.
 */
export function syncText(
  progress: number | undefined,
  message: string | undefined,
  localeTag: string,
): string | undefined {
  if (progress === undefined || progress >= 100 || !message) return undefined
  return formatMessage(message, { percent: percentText(progress / 100, localeTag) })
}

function percentText(share: number, localeTag: string): string {
  try {
    return share.toLocaleString(localeTag, { style: 'percent' })
  } catch {
    // A locale of the host's own may have a tag that is none, like `pt_BR`.
    return share.toLocaleString(undefined, { style: 'percent' })
  }
}
