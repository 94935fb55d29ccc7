// @vitest-environment jsdom
import { focusManager } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createSmallWorld, type SmallWorld } from './small-world.js'

const MINUTE = 60_000

let world: SmallWorld

beforeEach(() => {
  world = createSmallWorld()
})
afterEach(() => world.end())

it('runs no timer at full speed while an answer is on its way', async () => {
  world.weather = { latencyMs: 0, fails: 'silence' }
  world.open()
  let timers = 0
  await world.time.pass(MINUTE, () => {
    timers += 1
  })
  expect(timers).toBeLessThan(20)
})

it('polls again when it is seen, though the clock was set back while it was hidden', async () => {
  world.open()
  await world.pass(1_000)
  focusManager.setFocused(false)
  // Long enough for the code to leave the screen: nothing wakes the session from then on.
  await world.pass(MINUTE)
  world.time.setClock(-60 * MINUTE)
  focusManager.setFocused(true)
  await world.pass(1_000)
  expect(world.session?.status).toBe('awaiting-scan')
})
