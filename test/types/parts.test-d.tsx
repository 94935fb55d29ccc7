// `npm run types` checks this file. Nothing in it runs.
import { type ComponentProps, type ComponentPropsWithRef, createRef, type ReactElement } from 'react'
import { describe, expectTypeOf, it } from 'vitest'
import type { PairingParts, usePairingSession } from 'whatsapp-pairing'
import type * as all from 'whatsapp-pairing/parts'
import {
  type ComponentWithRef,
  PairingCard,
  PairingCloseButton,
  PairingCode,
  type PairingContextValue,
  type PairingCountryPicker,
  type PairingCountryPickerProps,
  type PairingEnlargedCode,
  type PairingEnlargedCodeProps,
  PairingIcon,
  type PairingIconName,
  PairingPanel,
  type PairingPhoneForm,
  PairingRetryButton,
  PairingRoot,
  PairingTitle,
  type PartComponent,
  usePairingContext,
} from 'whatsapp-pairing/parts'

type Pairing = ReturnType<typeof usePairingSession>
declare const pairing: Pairing

type PartExport = {
  [Name in keyof typeof all]: Name extends `Pairing${string}` ? Name : never
}[keyof typeof all]

describe('a part', () => {
  it('is always a component that accepts a ref', () => {
    type WithoutRef = {
      [Name in PartExport]: 'ref' extends keyof ComponentPropsWithRef<(typeof all)[Name]> ? never : Name
    }[PartExport]
    expectTypeOf<WithoutRef>().toBeNever()
  })

  it('accepts only the attributes and the ref of its element', () => {
    const title = createRef<HTMLHeadingElement>()
    const button = createRef<HTMLButtonElement>()
    expectTypeOf(
      <PairingRoot pairing={pairing} className="mine" data-testid="root">
        <PairingTitle ref={title} id="title" onClick={() => undefined} />
        <PairingPanel>
          <PairingCode aria-label="Code" />
        </PairingPanel>
        <PairingRetryButton ref={button} disabled type="button" />
      </PairingRoot>,
    ).toExtend<ReactElement>()
    // @ts-expect-error: a heading is not a button.
    expectTypeOf(<PairingTitle ref={button} />).not.toBeAny()
    // @ts-expect-error: a heading cannot be disabled.
    expectTypeOf(<PairingTitle disabled />).not.toBeAny()
    expectTypeOf<ComponentProps<typeof PairingPhoneForm>>().toHaveProperty('onSubmit')
    expectTypeOf(PairingCloseButton).toEqualTypeOf<PartComponent<'button'>>()
  })

  it('accepts the props that only this part needs', () => {
    // @ts-expect-error: the root needs what the hook returned.
    expectTypeOf(<PairingRoot />).not.toBeAny()
    // @ts-expect-error: an icon needs its name.
    expectTypeOf(<PairingIcon />).not.toBeAny()
    // @ts-expect-error: no icon has this name.
    expectTypeOf(<PairingIcon name="camera" />).not.toBeAny()
    expectTypeOf<'shield'>().toExtend<PairingIconName>()
    expectTypeOf<ComponentProps<typeof PairingEnlargedCode>>().toExtend<PairingEnlargedCodeProps>()
    expectTypeOf<ComponentProps<typeof PairingCountryPicker>>().toExtend<PairingCountryPickerProps>()
  })
})

describe('PairingCard', () => {
  it('arranges the parts of the component in an element of choice', () => {
    const card = createRef<HTMLElement>()
    expectTypeOf(PairingCard).toExtend<ComponentWithRef<ComponentProps<typeof PairingCard>, HTMLElement>>()
    expectTypeOf(
      <PairingCard
        pairing={pairing}
        ref={card}
        as="dialog"
        onClose={() => undefined}
        parts={{ Trouble: null }}
        classNames={{ 'retry-button': 'btn' }}
      />,
    ).toExtend<ReactElement>()
    // @ts-expect-error: only a section or a dialog is allowed.
    expectTypeOf(<PairingCard pairing={pairing} as="span" />).not.toBeAny()
  })
})

describe('the slots of `parts`', () => {
  it('accept a component with the props of the part, or null', () => {
    const parts: PairingParts = {
      Title: () => <PairingTitle />,
      Trouble: null,
      Panel: ({ children }) => <main>{children}</main>,
      Icon: ({ name, size }) => <i data-icon={name} style={{ width: size }} />,
      CountryPicker: ({ country, onChoose }) => (
        <button type="button" onClick={() => onChoose('BR')}>
          {country}
        </button>
      ),
      EnlargedCode: ({ onClose }) => <dialog onClose={onClose}>Code</dialog>,
    }
    expectTypeOf(parts).toExtend<PairingParts>()
    expectTypeOf<{ Title: string }>().not.toExtend<PairingParts>()
    expectTypeOf<{ Icon: (props: { colour: string }) => ReactElement }>().not.toExtend<PairingParts>()
    // @ts-expect-error: no part has this name.
    expectTypeOf<PairingParts>({ Header: null })
  })

  it('are named like the exports without their prefix, except for the root, the card and the code', () => {
    type Slot = keyof PairingParts
    type Missing =
      Exclude<Slot, 'PairingCode'> extends infer Name extends string
        ? Name extends string
          ? `Pairing${Name}` extends PartExport
            ? never
            : Name
          : never
        : never
    expectTypeOf<Missing>().toBeNever()
  })
})

describe('usePairingContext()', () => {
  it('returns the session, the actions of the user, and the texts', () => {
    expectTypeOf(usePairingContext).returns.toEqualTypeOf<PairingContextValue>()
    expectTypeOf<PairingContextValue['pairing']>().toEqualTypeOf<Pairing>()
    expectTypeOf<PairingContextValue['messages']['retry']>().toBeString()
    expectTypeOf<PairingContextValue['close']>().toEqualTypeOf<(() => void) | undefined>()
    expectTypeOf<PairingContextValue>().toExtend<{ readonly supportUrl: string | undefined }>()
  })
})
