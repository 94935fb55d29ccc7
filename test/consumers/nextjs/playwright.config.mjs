// @ts-check
import { defineConfig } from '@playwright/test'
import { chromiumLaunchOptions } from '../../chromium.mjs'

/** Runs the documented recipe unchanged on the page of the built app. */
export default defineConfig({
  testDir: '../../../examples/recipes',
  testMatch: 'playwright.ts',
  reporter: 'line',
  use: { baseURL: process.env.PAGE_ORIGIN ?? '', launchOptions: await chromiumLaunchOptions() },
})
