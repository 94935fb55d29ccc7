// This import comes before the cleanup below. Hooks run in reverse order, so messages that an unmount logs
// are checked too.
import './setup-console.js'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'
import { processRegistry } from '../src/poller/registry.js'

// The default of one second is too short if other tests run in parallel.
configure({ asyncUtilTimeout: 10_000 })

// Testing Library does this automatically only if the hooks are globals.
afterEach(cleanup)

// Tests of one file share a process or a page. They therefore share storage and the pollers of directly used
// adapters.
afterEach(() => {
  processRegistry().close()
  sessionStorage.clear()
})
