import { expect, test } from '@playwright/test'
import { greenApi } from 'whatsapp-pairing/providers/green-api'
import { createPairingHandler } from 'whatsapp-pairing/server'
import { createEmulator, mockGreenApi, routePairing } from 'whatsapp-pairing/testing'

const instance = { idInstance: '1101000001', apiTokenInstance: 'simulated' }

test('a customer links a phone', async ({ page }) => {
  const phone = createEmulator({ linkingMs: 0 })
  const provider = greenApi({ ...instance, fetch: mockGreenApi(phone, instance).fetch })
  await routePairing(page, createPairingHandler({ provider, authorize: () => true, liveEvents: false }))

  await page.goto('/pair')
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible()
  phone.scan()
  await expect(page.getByRole('heading', { name: 'You’re linked' })).toBeVisible({ timeout: 15_000 })
})
