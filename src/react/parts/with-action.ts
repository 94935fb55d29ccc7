import type { MouseEvent } from 'react'

type ClickHandler = (event: MouseEvent<HTMLButtonElement>) => void

/** The host's own handler first, and then what the part is for, unless the host prevents it. */
export function withAction(own: ClickHandler | undefined, action: () => void): ClickHandler {
  return (event) => {
    own?.(event)
    if (!event.defaultPrevented) action()
  }
}
