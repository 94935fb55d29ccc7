import { QueryClient } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { afterEach, describe, expect, it } from 'vitest'
import { WhatsAppPairing } from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'
import stylesUrl from '../../src/styles/styles.css?url'
import { pairingStates } from '../../src/testing.js'
import { emulatedProvider } from '../../stories/playground/emulated-provider.js'
import { differentStates, stillPairing } from './still-pairing.js'

/** The strictest policy of a page that can show the pictures of some providers: styles and scripts come only from its files. */
const policy = "default-src 'none'; style-src 'self'; img-src data:"

const states = pairingStates()
const allStates = differentStates()

let frame: HTMLIFrameElement | undefined

afterEach(() => frame?.remove())

/** A page with that policy and the stylesheet, and the violations that the browser reports. */
async function strictPage(body = ''): Promise<{ page: Document; violations: string[] }> {
  const element = document.createElement('iframe')
  frame = element
  element.style.cssText = 'inline-size: 800px; block-size: 700px'
  element.srcdoc = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${stylesUrl}"><body>${body}</body>`
  const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }))
  document.body.append(element)
  await loaded
  const page = element.contentDocument
  if (!page) throw new Error('The frame has no document.')
  const violations: string[] = []
  page.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) => {
    violations.push(`${violatedDirective} ${blockedURI} ${sourceFile}`)
  })
  return { page, violations }
}

/** The browser reports each violation in a separate task. */
const told = () => new Promise((resolve) => setTimeout(resolve, 50))

it('the browser reports a style that violates the policy', async () => {
  const { page, violations } = await strictPage()
  page.body.insertAdjacentHTML('beforeend', '<p style="color: red">Against it</p>')
  await waitFor(() => expect(violations).not.toEqual([]))
})

describe('under a strict Content Security Policy', () => {
  it('each state violates no directive, and is laid out', async () => {
    const { page, violations } = await strictPage()
    const { rerender } = render(null, { container: page.body })
    for (const [state, session] of allStates) {
      rerender(<PairingCard key={state} pairing={stillPairing(session)} />)
      const card = page.querySelector('[data-part="card"]')
      await waitFor(() => expect(card && page.defaultView?.getComputedStyle(card).display).toBe('grid'))
      await told()
      expect(violations, state).toEqual([])
    }
  })

  it('the bar of the countdown shrinks until the code expires', async () => {
    const { page } = await strictPage()
    render(<PairingCard pairing={stillPairing(states.qr['awaiting-scan'])} />, { container: page.body })
    const bar = page.querySelector('[data-part="countdown-bar"]')
    await waitFor(() => expect(bar && page.defaultView?.getComputedStyle(bar).animationDuration).toBe('20s'))
  })

  it('a real session shows its code', async () => {
    const { page, violations } = await strictPage()
    const { provider } = emulatedProvider('z-api')
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />, { container: page.body })
    await waitFor(() => expect(page.querySelector('[data-part="qr-code"] :is(svg, img)')).not.toBeNull(), {
      timeout: 12_000,
    })
    await told()
    expect(violations).toEqual([])
  })

  it('HTML that a server renders for each state violates no directive', async () => {
    // The policy is set before the HTML is parsed, so the browser checks the attributes too.
    const { page, violations } = await strictPage()
    for (const [state, session] of allStates) {
      const html = renderToString(<PairingCard pairing={stillPairing(session)} />)
      expect(html, state).not.toMatch(/ style=|<style|<script| on\w+=/)
      page.body.innerHTML = html
      await told()
      expect(violations, state).toEqual([])
    }
  })
})
