import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect, waitFor, within } from 'storybook/test'
import { PairingError, type PairingLocale } from '../src/index.js'
import { ar } from '../src/locales/ar.js'
import { en } from '../src/locales/en.js'
import { PairingCard } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'
import { stillActions } from './still-actions.js'

interface PhoneArgs {
  readonly defaultCountry?: string
  readonly locale?: PairingLocale
  /** WhatsApp gave no code for the number. */
  readonly isRefused?: boolean
  /** Width of the page. */
  readonly width?: string
}

const { requestPairingCode } = stillActions

const awaitingNumber = pairingStates()['phone-code']['awaiting-number']
const refused = {
  ...awaitingNumber,
  error: new PairingError('code-refused', 'WhatsApp gives no code for this number.'),
}

const meta = {
  title: 'Phone number',
  args: { defaultCountry: 'BR' },
  render: ({ defaultCountry, locale = en, isRefused, width = '100%' }, { globals }) => (
    <div style={{ inlineSize: width, maxInlineSize: '100%' }}>
      <PairingCard
        pairing={{ session: isRefused ? refused : awaitingNumber, ...stillActions }}
        appName="Acme Inbox"
        defaultCountry={defaultCountry}
        locale={locale}
        theme={globals.theme === 'dark' ? 'dark' : 'light'}
        dir={globals.direction === 'rtl' ? 'rtl' : locale.direction}
      />
    </div>
  ),
  beforeEach: () => {
    requestPairingCode.mockClear()
  },
} satisfies Meta<PhoneArgs>

export default meta

type Story = StoryObj<typeof meta>

const named = ({ messages }: PairingLocale) => ({
  field: messages.phoneNumber,
  country: messages.country,
  submit: messages.getCode,
})

/** The field and the country, after the library has loaded. */
async function parts(canvasElement: HTMLElement, locale: PairingLocale = en) {
  const canvas = within(canvasElement)
  const names = named(locale)
  return {
    country: await canvas.findByRole<HTMLInputElement>('combobox', { name: names.country }),
    field: canvas.getByRole<HTMLInputElement>('textbox', { name: names.field }),
    submit: canvas.getByRole('button', { name: names.submit }),
  }
}

/** The field is empty. The country is known, so the user need not type its code. */
export const Empty: Story = {
  play: async ({ canvasElement }) => {
    const { country, field } = await parts(canvasElement)
    await expect(country).toHaveValue('🇧🇷 +55')
    await expect(country).toHaveAccessibleDescription('Brazil')
    await expect(field).toHaveValue('')
  },
}

/** A number as users type it in Brazil. The number that will be sent is shown below. */
export const Brazil: Story = {
  play: async ({ canvasElement, canvas, userEvent }) => {
    const { field, submit } = await parts(canvasElement)
    await userEvent.type(field, '11987654321')
    await expect(field).toHaveValue('(11) 98765-4321')
    await expect(canvas.getByText('+55 11 98765 4321')).toBeVisible()
    await userEvent.click(submit)
    await expect(requestPairingCode).toHaveBeenLastCalledWith('5511987654321')
  },
}

/** Another country's number switches the country. */
export const PastedFromElsewhere: Story = {
  play: async ({ canvasElement, userEvent }) => {
    const { country, field } = await parts(canvasElement)
    await userEvent.click(field)
    await userEvent.paste('https://wa.me/4915112345678?text=Hi')
    await expect(field).toHaveValue('+49 1511 2345678')
    await expect(country).toHaveAccessibleDescription('Germany')
  },
}

/** The message appears when the user presses the button, and not during typing. */
export const WrongNumber: Story = {
  play: async ({ canvasElement, userEvent }) => {
    const { field, submit } = await parts(canvasElement)
    await userEvent.type(field, '119876')
    await expect(field).not.toHaveAttribute('aria-invalid')
    await userEvent.click(submit)
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toHaveAccessibleDescription(/Too short for a number in Brazil/)
    await expect(requestPairingCode).not.toHaveBeenCalled()
  },
}

/** The field warns once about an unknown number. The next press sends it. */
export const UnknownNumber: Story = {
  play: async ({ canvasElement, userEvent }) => {
    const { field, submit } = await parts(canvasElement)
    await userEvent.type(field, '1134567890')
    await userEvent.click(submit)
    await expect(field).toHaveAccessibleDescription(/doesn’t look like a mobile number in Brazil/)
    await expect(requestPairingCode).not.toHaveBeenCalled()
  },
}

// Testing Library drops the space between the elements of a name; browsers keep it.
/** WhatsApp refused the number with the ninth digit. An old account may be registered without it. */
export const BrazilRefused: Story = {
  args: { isRefused: true },
  play: async ({ canvasElement, canvas, userEvent }) => {
    const { field, submit } = await parts(canvasElement)
    await userEvent.type(field, '11987654321')
    await userEvent.click(await canvas.findByRole('button', { name: /^Use ?\+55 11/ }))
    await expect(field).toHaveFocus()
    await userEvent.click(submit)
    await expect(requestPairingCode).toHaveBeenLastCalledWith('551187654321')
  },
}

export const Mexico: Story = {
  args: { defaultCountry: 'MX' },
  play: async ({ canvasElement, canvas, userEvent }) => {
    const { field, submit } = await parts(canvasElement)
    await userEvent.type(field, '+5215512345678')
    await userEvent.click(canvas.getByRole('button', { name: /^Use ?\+52 55 1234 5678$/ }))
    await userEvent.click(submit)
    await expect(requestPairingCode).toHaveBeenLastCalledWith('525512345678')
  },
}

/** The list of countries, searched by a calling code. */
export const CountryList: Story = {
  play: async ({ canvasElement, canvas, userEvent }) => {
    const { country } = await parts(canvasElement)
    await userEvent.click(country)
    await expect(country).toHaveAttribute('aria-expanded', 'true')
    await waitFor(() => expect(canvas.getByRole('option', { selected: true })).toHaveTextContent('Brazil'))
    await expect(canvas.getByRole('option', { selected: true })).toBeVisible()
  },
}

export const CountrySearch: Story = {
  play: async ({ canvasElement, canvas, userEvent }) => {
    const { country } = await parts(canvasElement)
    await userEvent.type(country, 'united')
    const found = canvas.getAllByRole('option').map((option) => option.textContent)
    await expect(found).toHaveLength(3)
  },
}

const withoutOverflow: Story['play'] = async ({ canvasElement }) => {
  const card = canvasElement.querySelector('[data-part="card"]')
  await expect(card?.scrollWidth).toBeLessThanOrEqual(card?.clientWidth ?? 0)
}

/** In the narrowest supported place. */
export const Narrow: Story = {
  args: { width: '280px' },
  play: async (context) => {
    const { field } = await parts(context.canvasElement)
    await context.userEvent.type(field, '11987654321')
    await withoutOverflow(context)
    await expect(field.scrollWidth).toBeLessThanOrEqual(field.clientWidth)
  },
}

export const NarrowList: Story = {
  args: { width: '280px' },
  play: async (context) => {
    const { country } = await parts(context.canvasElement)
    await context.userEvent.type(country, 's')
    await withoutOverflow(context)
  },
}

/** Digits of another script, in a page that runs from right to left. */
export const ArabicDigits: Story = {
  args: { defaultCountry: 'AE', locale: ar },
  play: async ({ canvasElement, userEvent }) => {
    const { country, field, submit } = await parts(canvasElement, ar)
    await userEvent.type(field, '٠٥٠١٢٣٤٥٦٧')
    await expect(field).toHaveValue('050 123 4567')
    // The code is before the number, as in every language.
    await expect(country.getBoundingClientRect().right).toBeLessThan(field.getBoundingClientRect().left)
    await userEvent.click(submit)
    await expect(requestPairingCode).toHaveBeenLastCalledWith('971501234567')
  },
}

export const ArabicList: Story = {
  args: { defaultCountry: 'AE', locale: ar },
  play: async ({ canvasElement, userEvent }) => {
    const { country } = await parts(canvasElement, ar)
    await userEvent.click(country)
  },
}
