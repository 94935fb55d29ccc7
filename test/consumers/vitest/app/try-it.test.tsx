import { fireEvent, render, screen } from '@testing-library/react'
import { test } from 'vitest'
import { TryIt } from './src/TryIt'

test('the button scans the code, and the phone is linked', async () => {
  render(<TryIt />)
  await screen.findByRole('img', { name: /QR code/ }, { timeout: 10_000 })
  fireEvent.click(screen.getByRole('button', { name: 'Scan the code' }))
  await screen.findByRole('heading', { name: 'You’re linked' }, { timeout: 20_000 })
}, 40_000)
