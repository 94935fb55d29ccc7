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
  /** Mounts the failed component again. */
  readonly retry: () => void
}

/** Replaces the content of a root after a part threw. The root, its session and its dialog stay. */
export function ContentFallback({ retry }: Retry): ReactElement {
  const { part } = usePairingContext()
  return (
    // Without the app's own parts, because one of them may have thrown.
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

/** Replaces a root that threw. It uses nothing that may have thrown, and a dialog can still be closed. */
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

/** The props of a root that a fallback needs. */
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

/** The texts of the locale, which may throw too. */
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
