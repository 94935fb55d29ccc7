// @vitest-environment jsdom
import { describeFaults } from './describe-faults.js'

describeFaults('z-api')
describeFaults('wasend')
