import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { type ComponentType, createRef, type ReactElement, type Ref, StrictMode, version } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type PairingSession, WhatsAppPairing, WhatsAppPairingDialog } from '../../src/index.js'
import * as partExports from '../../src/parts.js'
import { PairingRoot } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { pretendPhone, sessions } from './every-element.js'
import { qr, scriptedProvider } from './scripted-provider.js'

beforeEach(pretendPhone)
afterEach(() => void vi.unstubAllGlobals())

type Props = Readonly<Record<string, unknown>>
type Part = ComponentType<Props & { ref?: Ref<Element> }>

const scan = pairingStates().qr['awaiting-scan']

/** The props that some parts require. */
const needed: Readonly<Record<string, Props>> = {
  PairingCard: { pairing: stillPairing(scan) },
  PairingCountryPicker: {
    country: 'BR',
    callingCodes: new Map([['BR', '55']]),
    isCodeWritten: false,
    isReadOnly: false,
    onChoose: () => {},
  },
  PairingEnlargedCode: { onClose: () => {} },
  PairingIcon: { name: 'phone' },
  PairingRoot: { pairing: stillPairing(scan) },
}

const isComponent = (value: unknown): value is Part =>
  typeof value === 'function' || (typeof value === 'object' && value !== null && '$$typeof' in value)

const exported: Readonly<Record<string, unknown>> = partExports
const parts = Object.entries(exported).flatMap(([name, value]) =>
  /^[A-Z]/.test(name) && isComponent(value) ? [[name, value] as const] : [],
)

type Mount = (ref: Ref<Element>) => ReactElement

/** Returns the part inside a root, with a session in which the part renders an element. */
function mountOf(name: string, Part: Part): Mount {
  const inside = (session: PairingSession, ref?: Ref<Element>) => (
    <PairingRoot
      as="dialog"
      onClose={() => {}}
      supportUrl="https://app.example/help"
      createShareLink={async () => 'https://app.example/pair'}
      onDone={() => {}}
      pairing={stillPairing(session)}
    >
      <Part {...needed[name]} {...(ref && { ref })} data-tried="" />
    </PairingRoot>
  )
  const session = sessions.find((candidate) => {
    const { container, unmount } = render(inside(candidate))
    const isThere = container.querySelector('[data-tried]') !== null
    unmount()
    return isThere
  })
  if (!session) throw new Error(`${name} renders nothing in any session. Add the session in which it does.`)
  return (ref) => inside(session, ref)
}

function mountOfScreen(component: unknown): Mount {
  if (!isComponent(component)) throw new Error('This export is not a component.')
  const Screen = component
  return (ref) => <Screen {...target} open ref={ref} />
}

const provider = scriptedProvider({ getQrCode: () => qr('a') })
const target = { provider, queryClient: new QueryClient() }

const mounts: readonly (readonly [string, () => Mount])[] = [
  ['WhatsAppPairing', () => mountOfScreen(WhatsAppPairing)],
  ['WhatsAppPairingDialog', () => mountOfScreen(WhatsAppPairingDialog)],
  ...parts.map(([name, Part]) => [name, () => mountOf(name, Part)] as const),
]

it('the table of this file lists the exports of whatsapp-pairing/parts', () => {
  expect(parts.length).toBeGreaterThan(27)
})

describe.each(mounts)('%s', (_name, find) => {
  let found: Mount | undefined
  const mount = (): Mount => (found ??= find())

  it('sets a ref object to its element under StrictMode, keeps it over rerenders, and sets it to null on unmount', () => {
    const ref = createRef<Element>()
    const element = () => <StrictMode>{mount()(ref)}</StrictMode>
    const { rerender, unmount } = render(element())
    const first = ref.current
    expect(first?.getAttribute('data-part')).toBeTruthy()
    expect(document.contains(first)).toBe(true)
    rerender(element())
    expect(ref.current).toBe(first)
    unmount()
    expect(ref.current).toBeNull()
  })

  it('calls a ref callback once with its element and once with null', () => {
    const element = mount()
    const ref = vi.fn<(found: Element | null) => void>()
    const { rerender, unmount } = render(element(ref))
    rerender(element(ref))
    // In development, React passes additional arguments.
    const got = () => ref.mock.calls.map(([found]) => found)
    expect(got()).toEqual([expect.any(Element)])
    unmount()
    expect(got()).toEqual([expect.any(Element), null])
  })

  it('passes its element to a new ref, and accepts null as a ref', () => {
    const element = mount()
    const [one, other] = [createRef<Element>(), createRef<Element>()]
    const { rerender } = render(element(one))
    const first = one.current
    rerender(element(other))
    expect([one.current, other.current]).toEqual([null, first])
    rerender(element(null))
    expect(other.current).toBeNull()
    expect(document.contains(first)).toBe(true)
  })

  // React 18 does not support clean-up functions of refs.
  if (Number.parseInt(version, 10) >= 19)
    it('calls the clean-up function of a ref callback instead of passing null', () => {
      const element = mount()
      const cleanUp = vi.fn<() => void>()
      const ref = vi.fn((_found: Element | null) => cleanUp)
      const { rerender, unmount } = render(element(ref))
      rerender(element(ref))
      expect(cleanUp).not.toHaveBeenCalled()
      unmount()
      expect(cleanUp).toHaveBeenCalledOnce()
      expect(ref).toHaveBeenCalledOnce()
    })
})
