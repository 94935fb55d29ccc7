import { Markdown } from '@storybook/addon-docs/blocks'
import type { ReactElement } from 'react'
import { PairingError, type PairingErrorCode } from '../../src/index.js'
import { laterEnglish } from '../../src/locales/later/en.js'
import { errorFacts } from './error-facts.mjs'

/** The English text of this error for the user, and the action that helps. */
export function ErrorFacts({ code }: { readonly code: PairingErrorCode }): ReactElement {
  return <Markdown>{errorFacts(laterEnglish.errors[code], new PairingError(code).action)}</Markdown>
}
