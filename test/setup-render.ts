// Before the clean-up below: hooks run last in, first out, so that what an unmount logs counts too.
import './setup-console.js'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'
import { processRegistry } from '../src/poller/registry.js'

// A second, which is the default, is short where other tests run at the same time.
configure({ asyncUtilTimeout: 10_000 })

// Testing Library does this by itself only where the hooks are globals.
afterEach(cleanup)

// Tests of one file share a process or a page, and with it the pollers of adapters that are used directly, and the storage.
afterEach(() => {
  processRegistry().close()
  sessionStorage.clear()
})
