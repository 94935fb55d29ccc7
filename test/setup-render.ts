// Before the clean-up below: hooks run last in, first out, so that what an unmount logs counts too.
import './setup-console.js'
import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

// Testing Library does this by itself only where the hooks are globals.
afterEach(cleanup)
