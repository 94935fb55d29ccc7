import { availableParallelism } from 'node:os'
import { basename, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import react from '@vitejs/plugin-react'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import manifest from './package.json' with { type: 'json' }
import { passkeyCommands } from './test/browser/passkey-commands.js'
import { whatsappBackend } from './test/browser/whatsapp-plugin.js'
import { chromiumLaunchOptions } from './test/chromium.mjs'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** One entry for each subpath of `exports`, so that package.json is the only list of subpaths. */
const entry = Object.fromEntries(
  Object.values(manifest.exports)
    .filter((target) => typeof target !== 'string')
    .flatMap(({ default: file }) => /^\.\/dist\/(.*)\.js$/.exec(file)?.[1] ?? [])
    .map((name) => [name, path(`src/${name}.ts`)]),
)

/** The same rules twice: without a layer, and in a layer. */
const stylesheets = {
  styles: path('src/styles/styles.css'),
  'styles.layer': path('src/styles/styles.layer.css'),
}

const isBare = (id: string): boolean => !id.startsWith('.') && !id.startsWith('\0') && !isAbsolute(id)

const launchOptions = await chromiumLaunchOptions()

interface Picture {
  readonly arg: string
  readonly ext: string
}

/** Creates a new object for each project, because Vitest writes the project's name into `instances`. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  // The window fits the longest page. A larger page would be scaled down.
  provider: playwright({
    launchOptions,
    contextOptions: { viewport: { width: 1280, height: 1200 } },
    // This limit is shorter than the test's, so that the error names the element that cannot be pressed.
    actionTimeout: 20_000,
  }),
  instances: [{ browser: 'chromium' as const }],
  expect: {
    toMatchScreenshot: {
      comparatorName: 'pixelmatch' as const,
      // A number of pixels instead of a ratio: a ratio of 0.1 % missed a whole changed word.
      comparatorOptions: { allowedMismatchedPixels: 20 },
      // Baselines are in the repository, with the name of the browser that drew them.
      resolveScreenshotPath: ({ arg, ext }: Picture) => path(`test/browser/baselines/${arg}${ext}`),
      resolveDiffPath: ({ arg, ext }: Picture) => path(`test/browser/__screenshots__/${arg}${ext}`),
    },
  },
})

const CORES = availableParallelism()

/** The limit is not about speed: a busy machine needs longer than the default of five seconds. */
const TEST_TIMEOUT_MS = 30_000

/**
 * Chromium uses both cores, and its tests check events in real time, so they run after the others. Each of
 * the two projects opens this many pages in parallel. A page runs its files in sequence, because a new page
 * for each file would load about a hundred modules.
 */
const afterTheOthers = {
  sequence: { groupOrder: 1 },
  testTimeout: 2 * TEST_TIMEOUT_MS,
  maxWorkers: CORES,
  isolate: false,
}

/**
 * Without times of an earlier run, Vitest starts large files first. These files are small but take half a
 * minute.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /faults\/matrix|behind-nginx|replica-processes/.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const domTests = {
  environment: 'jsdom',
  // A process runs the next file in a new window. A new process would load jsdom and Vitest each time, which
  // takes one second.
  pool: 'vmForks' as const,
  // Closed windows are not always freed, so a process that has grown to this size is replaced.
  vmMemoryLimit: '1GB',
  testTimeout: TEST_TIMEOUT_MS,
  include: ['test/**/*.test.tsx'],
  exclude: ['test/browser/**', 'test/consumers/**', '**/node_modules/**'],
  setupFiles: ['test/setup-dom.ts'],
}

/** If Vite finds new modules during the tests, it bundles again and reloads the page of the running test. */
const optimizeDeps = {
  include: [
    'react',
    'react/jsx-dev-runtime',
    'react-dom',
    'react-dom/client',
    '@tanstack/react-query',
    'qrcode.react',
    'qr',
    'qr/decode.js',
    'libphonenumber-js/mobile',
    'libphonenumber-js/mobile/metadata',
    'fast-png',
  ],
}

const oldestPeerTests = [
  'boundary',
  'dialog',
  'interaction',
  'many-sessions',
  'part-refs',
  'prerender',
  'requests',
  'returns',
  'server-rendering',
].map((name) => `test/react/${name}.test.tsx`)

const oldestPeer = (name: string): string => path(`test/oldest-peers/node_modules/${name}`)

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    minify: false,
    // Required for a CSS entry. CSS that a component imports would otherwise be named after the package.
    cssCodeSplit: true,
    lib: { entry: { ...entry, ...stylesheets }, formats: ['es'] },
    rolldownOptions: {
      external: isBare,
      output: {
        // Inner modules would lose their 'use client' in a bundle.
        preserveModules: true,
        preserveModulesRoot: path('src'),
        entryFileNames: '[name].js',
        // Uses the name of the source, because Rolldown treats the text after a dot as an extension.
        assetFileNames: ({ originalFileNames: [source = ''] }) => basename(source),
      },
    },
  },
  test: {
    // Some tests wait for processes and sockets. Other tests use that time.
    maxWorkers: Math.ceil(1.5 * CORES),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          testTimeout: TEST_TIMEOUT_MS,
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/consumers/**', '**/node_modules/**'],
          setupFiles: ['test/setup-console.ts'],
        },
      },
      { extends: true, test: { name: 'dom', ...domTests } },
      {
        extends: true,
        resolve: {
          alias: {
            react: oldestPeer('react'),
            'react-dom': oldestPeer('react-dom'),
            '@tanstack/react-query': oldestPeer('@tanstack/react-query'),
          },
          // Aliases apply to imports, but not to the require calls of a CommonJS build.
          mainFields: ['module', 'main'],
        },
        test: {
          name: 'oldest-peers',
          ...domTests,
          // The tests of behaviour that depends on the version of React and TanStack Query: mounting, effects, refs and
          // server rendering.
          include: oldestPeerTests,
          // If Node loaded these packages, they would use the newest React, or a second copy of another package.
          server: { deps: { inline: [/@testing-library/, 'qrcode.react'] } },
        },
      },
      {
        extends: true,
        plugins: [whatsappBackend()],
        optimizeDeps: {
          include: [...optimizeDeps.include, '@testing-library/react'],
        },
        test: {
          name: 'browser',
          ...afterTheOthers,
          include: ['test/browser/**/*.browser.test.tsx'],
          setupFiles: ['test/setup-render.ts', 'test/browser/still-animations.css'],
          browser: { ...inChromium(), commands: passkeyCommands },
        },
      },
      {
        extends: true,
        optimizeDeps: { include: [...optimizeDeps.include, '@storybook/addon-a11y/preview'] },
        plugins: [storybookTest({ configDir: path('.storybook') })],
        test: {
          name: 'storybook',
          ...afterTheOthers,
          setupFiles: ['.storybook/vitest-setup.ts'],
          browser: inChromium(),
        },
      },
    ],
  },
})
