import { createElement, Fragment, type ReactElement, type ReactNode } from 'react'

type Values = Readonly<Record<string, ReactNode>>

/**
 * A message with `**…**` as `<strong>` and `{name}` as the node of that name. Never HTML: messages are text.
 *
 * Each text is in a separate element. A page translator replaces text nodes, and React fails when it removes one that is no
 * longer there; elements stay.
 */
export function RichText({ text, values }: { text: string; values: Values }): ReactElement {
  const pieces = text
    .split(/(\*\*.*?\*\*)/)
    .map((piece) =>
      piece.startsWith('**')
        ? createElement('strong', null, ...fill(piece.slice(2, -2), values))
        : createElement(Fragment, null, ...fill(piece, values)),
    )
  // Passed as arguments and not as a list, because the pieces of a text never move and need no keys.
  return createElement(Fragment, null, ...pieces)
}

function fill(text: string, values: Values): ReactNode[] {
  return text
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((piece) => (piece.startsWith('{') && values[piece.slice(1, -1)]) || piece)
    .map((piece) => (typeof piece === 'string' ? createElement('span', null, piece) : piece))
}
