'use client'

import { Component, type ReactNode } from 'react'
import { PairingError } from '../core/errors.js'
import { asRecord } from '../core/json.js'
import { callHost } from './session/call-host.js'

interface PairingBoundaryProps {
  readonly children: ReactNode
  /** What stands in place of the children after one of them threw. `retry` mounts them again. */
  readonly fallback: (retry: () => void) => ReactNode
  readonly onError: ((error: PairingError) => void) | undefined
}

interface PairingBoundaryState {
  readonly failure?: { readonly cause: unknown } | undefined
}

/**
 * Keeps an exception of the component, or of a part of the host's own, from taking the host's page with it. React itself writes
 * the exception to the console.
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

/** An error of the component itself. Unlike others, it carries the exception as it was thrown. */
export function componentError(message: string, cause: unknown): PairingError {
  const error = new PairingError('component-failed', message)
  error.cause = cause
  return error
}

/** Next.js redirects, and shows its 404 page, by exceptions with such a digest: they are for its own boundaries. */
function isNavigation(cause: unknown): boolean {
  const { digest } = asRecord(cause)
  return typeof digest === 'string' && digest.startsWith('NEXT_')
}
