import { act, screen } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it } from 'vitest'
import { WhatsAppPairing } from '../../src/index.js'
import { qr, scriptedProvider } from './scripted-provider.js'

afterEach(() => {
  document.body.innerHTML = ''
})

describe('server rendering', () => {
  it.each(['qr', 'phone-code'] as const)(
    'returns the first state of %s, sends no request, and hydrates without a warning',
    async (defaultMethod) => {
      const provider = scriptedProvider(
        { getQrCode: () => qr('a'), requestPairingCode: () => ({ status: 'preparing' }) },
        `server-rendering-${defaultMethod}`,
      )
      const element = <WhatsAppPairing provider={provider} defaultMethod={defaultMethod} />
      const html = renderToString(element)
      expect(html).toContain(
        defaultMethod === 'qr' ? 'data-status="preparing"' : 'data-status="awaiting-number"',
      )
      expect(provider.calls).toHaveLength(0)

      const container = document.body.appendChild(document.createElement('div'))
      container.innerHTML = html
      // Console errors fail the test, and React reports each difference of the two renders there.
      const root = await act(async () => hydrateRoot(container, element))
      expect(screen.getByRole('heading').textContent).toBe('Link your WhatsApp')
      await act(async () => root.unmount())
    },
  )
})
