import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import type { PairingClassNames, WhatsAppPairingProps } from '../../src/index.js'
import { PairingCard, PairingRoot, PairingTitle } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { pretendPhone, scenes } from './every-element.js'
import { part } from './user.js'

const source = readFileSync(resolve(import.meta.dirname, '../../src/react/parts/element-names.ts'), 'utf8')
const [, union = ''] = /PairingElementName =(.*?)\n\n/s.exec(source) ?? []
const names = [...union.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name)

/** These two elements replace parts that did not load. */
const WITHOUT_CHUNK = ['missing-part', 'plain-code']

const classNames: PairingClassNames = Object.fromEntries(names.map((name) => [name, `class-of-${name}`]))

const pairing = stillPairing(pairingStates().qr['awaiting-scan'])

beforeEach(pretendPhone)
afterEach(() => void vi.unstubAllGlobals())

const wrong = (): string[] =>
  [...document.querySelectorAll<HTMLElement>('[data-part]')].flatMap((element) =>
    element.getAttribute('class') === `class-of-${element.dataset.part}` ? [] : [element.outerHTML],
  )

describe('classNames', () => {
  it('reaches every element with a data-part in every state', async () => {
    const seen = new Set<string>()
    for (const show of scenes) {
      await show({ classNames })
      expect(wrong()).toEqual([])
      for (const element of document.querySelectorAll<HTMLElement>('[data-part]'))
        seen.add(element.dataset.part ?? '')
    }
    expect([...seen, ...WITHOUT_CHUNK].toSorted()).toEqual(names.toSorted())
  })

  it.each([
    ['missing-part', 'awaiting-number'],
    ['plain-code', 'awaiting-code'],
  ] as const)('reaches %s, which replaces a chunk that did not load', async (name, status) => {
    vi.resetModules()
    vi.doMock('../../src/react/parts/later-parts.js', () => {
      throw new Error('Failed to fetch dynamically imported module')
    })
    const parts = await import('../../src/parts.js')
    const session = pairingStates()['phone-code'][status]
    render(<parts.PairingCard pairing={stillPairing(session)} classNames={classNames} />)
    await act(() => new Promise((resolved) => setTimeout(resolved, 50)))
    expect(part(name)).not.toBeNull()
    expect(wrong()).toEqual([])
    vi.doUnmock('../../src/react/parts/later-parts.js')
  })

  it('is added to the className of a custom part', () => {
    render(
      <PairingRoot pairing={pairing} className="mine" classNames={{ root: 'theirs', title: 'large' }}>
        <PairingTitle className="blue" />
      </PairingRoot>,
    )
    expect(part('root')?.className).toBe('theirs mine')
    expect(screen.getByRole('heading').className).toBe('large blue')
  })

  it('can change, and an empty value leaves no class attribute', () => {
    const { rerender } = render(<PairingCard pairing={pairing} classNames={{ title: 'one' }} />)
    expect(part('title')?.className).toBe('one')
    rerender(<PairingCard pairing={pairing} classNames={{ title: 'other' }} />)
    expect(part('title')?.className).toBe('other')
    rerender(<PairingCard pairing={pairing} classNames={{ title: undefined, card: '' }} />)
    expect(document.querySelectorAll('[class]').length).toBe(0)
  })

  it('accepts only element names as keys', () => {
    expectTypeOf<{ 'qr-code': string }>().toExtend<NonNullable<WhatsAppPairingProps['classNames']>>()
    // @ts-expect-error: there is no element of that name.
    const mistaken: PairingClassNames = { qrCode: 'large' }
    expect(Object.keys(mistaken)).toEqual(['qrCode'])
  })
})
