'use client'

import { Component, type ReactNode } from 'react'
import { PairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import { callHost } from './session/call-host.js'

interface PairingBoundaryProps {
  readonly children: ReactNode
  /** Replaces the children after one of them threw. `retry` mounts them again. */
  readonly fallback: (retry: () => void) => ReactNode
  readonly onError: ((error: PairingError) => void) | undefined
}

interface PairingBoundaryState {
  readonly failure?: { readonly cause: unknown } | undefined
}

/**
 * Catches exceptions of the component and of the app's own parts, so that they do not break the page. React writes them to the
 * console.
 */
export class PairingBoundary extends Component<PairingBoundaryProps, PairingBoundaryState> {
  override state: PairingBoundaryState = {}

  static getDerivedStateFromError(cause: unknown): PairingBoundaryState {
    return { failure: { cause } }
  }

  override componentDidCatch(cause: unknown): void {
    if (isNavigation(cause)) return
    const { onError } = this.props
    callHost('onError', () =>
      onError?.(componentError('The pairing screen threw while it rendered. See `cause`.', cause)),
    )
  }

  readonly retry = (): void => this.setState({ failure: undefined })

  override render(): ReactNode {
    const { failure } = this.state
    if (failure && isNavigation(failure.cause)) throw failure.cause
    return failure ? this.props.fallback(this.retry) : this.props.children
  }
}

/** An error of the component itself. Unlike other errors, its `cause` is the original exception. */
export function componentError(message: string, cause: unknown): PairingError {
  const error = new PairingError('component-failed', message)
  error.cause = cause
  return error
}

/** Next.js throws exceptions with such a digest for redirects and its 404 page. Its own boundaries handle them. */
function isNavigation(cause: unknown): boolean {
  const { digest } = asRecord(cause)
  return typeof digest === 'string' && digest.startsWith('NEXT_')
}
