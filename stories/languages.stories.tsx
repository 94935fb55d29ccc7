import type { Meta, StoryObj } from '@storybook/react-vite'
import { expect } from 'storybook/test'
import { PairingCard } from '../src/parts.js'
import { pairingStates } from '../src/testing.js'
import { localeOf } from './all-locales.js'
import { stillActions } from './still-actions.js'
import './languages.css'

interface LanguageArgs {
  readonly tag: string
}

/** The two most common states, next to each other. */
const meta = {
  title: 'Languages',
  args: { tag: 'en' },
  render: ({ tag }, { globals }) => {
    const { qr, 'phone-code': phoneCode } = pairingStates()
    return (
      <div className="languages">
        {[qr['awaiting-scan'], phoneCode['awaiting-code']].map((session) => (
          <PairingCard
            key={session.status}
            pairing={{ session, ...stillActions }}
            appName="Acme Inbox"
            locale={localeOf(tag)}
            theme={globals.theme === 'dark' ? 'dark' : 'light'}
          />
        ))}
      </div>
    )
  },
} satisfies Meta<LanguageArgs>

export default meta

type Story = StoryObj<typeof meta>

const language = (tag: string, name: string): Story => ({
  name,
  args: { tag },
  play: async ({ canvas, canvasElement }) => {
    const { direction, messages } = localeOf(tag)
    await expect(await canvas.findByRole('img', { name: messages.qrCodeLabel })).toBeVisible()
    await expect(canvas.getByRole('group', { name: messages.pairingCodeLabel })).toHaveTextContent(
      '8RBZ-DSEK',
    )
    // The boxes run from left to right in every language.
    const boxes = [...canvasElement.querySelectorAll('[data-part="pairing-code-box"]')]
    const lefts = boxes.map((box) => box.getBoundingClientRect().left)
    await expect(lefts).toHaveLength(8)
    await expect(lefts).toEqual(lefts.toSorted((one, other) => one - other))
    for (const card of canvasElement.querySelectorAll<HTMLElement>('[data-scope="whatsapp-pairing"]')) {
      await expect(card).toHaveAttribute('lang', tag)
      await expect(getComputedStyle(card).direction).toBe(direction)
      // No element is wider than its card, even with the longest words.
      await expect(card.scrollWidth).toBeLessThanOrEqual(card.clientWidth)
    }
  },
})

export const Arabic = language('ar', 'العربية')
export const Chinese = language('zh-CN', '简体中文')
export const English = language('en', 'English')
export const French = language('fr', 'Français')
export const German = language('de', 'Deutsch')
export const Hebrew = language('he', 'עברית')
export const Hindi = language('hi', 'हिन्दी')
export const Indonesian = language('id', 'Bahasa Indonesia')
export const Italian = language('it', 'Italiano')
export const Japanese = language('ja', '日本語')
export const Korean = language('ko', '한국어')
export const Portuguese = language('pt-BR', 'Português (Brasil)')
export const Russian = language('ru', 'Русский')
export const Spanish = language('es', 'Español')
export const Turkish = language('tr', 'Türkçe')
export const Urdu = language('ur', 'اردو')
