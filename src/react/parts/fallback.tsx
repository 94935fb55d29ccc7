'use client'

import { type ForwardedRef, forwardRef, type ReactElement } from 'react'
import type { PairingMessages } from '../../core/messages.js'
import { firstEnglish } from '../../locales/first/en.js'
import { useMergedRef } from '../use-merged-ref.js'
import { useModal } from '../use-modal.js'
import { PairingCloseButton } from './close-button.js'
import { elementProps } from './element-names.js'
import type { ComponentWithRef } from './forward-part.js'
import { MissingPart } from './missing-part.js'
import { usePairingContext } from './pairing-context.js'
import type { PairingRootOptions } from './pairing-root-options.js'
import { PartsContext } from './part.js'

interface Retry {
  /** Mounts again what threw. */
  readonly retry: () => void
}

/** In place of the content of a root, one of whose parts threw. The root, its session and its dialog stay. */
export function ContentFallback({ retry }: Retry): ReactElement {
  const { part } = usePairingContext()
  return (
    // Without the host's own parts, one of which may be what threw.
    <PartsContext.Provider value={{}}>
      <div {...part('card')}>
        <MissingPart load={retry} />
      </div>
      <PairingCloseButton />
    </PartsContext.Provider>
  )
}

type RootFallbackProps = Retry &
  Pick<PairingRootOptions, 'as' | 'classNames' | 'locale' | 'onClose' | 'theme'> & {
    readonly className?: string | undefined
  }

/** In place of a whole root that threw: it needs nothing that may have thrown, and a dialog can still be closed. */
export const RootFallback: ComponentWithRef<RootFallbackProps, HTMLElement> = forwardRef(
  function RootFallback(
    {
      retry,
      as: Element = 'section',
      classNames,
      className,
      locale,
      onClose,
      theme = 'auto',
    }: RootFallbackProps,
    hostRef: ForwardedRef<HTMLElement>,
  ) {
    const ref = useMergedRef(useModal(onClose), hostRef)
    const { errors, tryAgain, close } = textsOf(locale)
    const { title, advice } = errors['component-failed']
    return (
      <Element
        ref={ref}
        lang={locale?.tag}
        dir={locale?.direction}
        {...elementProps(classNames, 'root', className)}
        data-scope="whatsapp-pairing"
        data-status="failed"
        data-theme={theme}
      >
        <div {...elementProps(classNames, 'card', undefined)}>
          <div role="alert" {...elementProps(classNames, 'missing-part', undefined)}>
            <p>
              <strong>{title}</strong> <span>{advice}</span>
            </p>
            <button type="button" {...elementProps(classNames, 'retry-button', undefined)} onClick={retry}>
              {tryAgain}
            </button>
          </div>
        </div>
        {Element === 'dialog' && onClose && (
          <button
            type="button"
            aria-label={close}
            {...elementProps(classNames, 'close-button', undefined)}
            onClick={onClose}
          >
            ✕
          </button>
        )}
      </Element>
    )
  },
)

/** What a fallback needs of the props of a root. */
export function fallbackOptions({
  as,
  classNames,
  className,
  locale,
  onClose,
  theme,
}: Omit<RootFallbackProps, 'retry'>): Omit<RootFallbackProps, 'retry'> {
  return { as, classNames, className, locale, onClose, theme }
}

/** The texts of the locale, which may be what threw. */
function textsOf(
  locale: PairingRootOptions['locale'],
): Pick<PairingMessages, 'errors' | 'tryAgain' | 'close'> {
  try {
    const { errors, tryAgain, close } = locale?.messages ?? firstEnglish.messages
    // A locale in plain JavaScript may lack it.
    return errors['component-failed'] ? { errors, tryAgain, close } : firstEnglish.messages
  } catch {
    return firstEnglish.messages
  }
}
