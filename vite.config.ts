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

/** One entry for each subpath of `exports`, so that a new subpath is written down in one place. */
const entry = Object.fromEntries(
  Object.values(manifest.exports)
    .filter((target) => typeof target !== 'string')
    .flatMap(({ default: file }) => /^\.\/dist\/(.*)\.js$/.exec(file)?.[1] ?? [])
    .map((name) => [name, path(`src/${name}.ts`)]),
)

/** The same rules twice: in no layer, and in one. */
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

/** Made anew for each project: Vitest writes the project's name into `instances`. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  // Room for the longest page: a page that is larger than this is scaled down.
  provider: playwright({
    launchOptions,
    contextOptions: { viewport: { width: 1280, height: 1200 } },
    // What cannot be pressed is then named, which it is not where the time of the whole test ends first.
    actionTimeout: 20_000,
  }),
  instances: [{ browser: 'chromium' as const }],
  expect: {
    toMatchScreenshot: {
      comparatorName: 'pixelmatch' as const,
      // Pixels, and not a share of the picture: a tenth of a percent let a whole word go.
      comparatorOptions: { allowedMismatchedPixels: 20 },
      // Kept in the repository, beside the name of the browser that drew them.
      resolveScreenshotPath: ({ arg, ext }: Picture) => path(`test/browser/baselines/${arg}${ext}`),
      resolveDiffPath: ({ arg, ext }: Picture) => path(`test/browser/__screenshots__/${arg}${ext}`),
    },
  },
})

const CORES = availableParallelism()

/** No claim about speed: machines that do other things too need longer than the five seconds of the default. */
const TEST_TIMEOUT_MS = 30_000

/**
 * Chromium takes both cores, and its tests look at what happens in real time: the others are done by then. Each of the two projects
 * has that many pages at once. A page runs one file after the other, since each file anew would load some hundred modules.
 */
const afterTheOthers = {
  sequence: { groupOrder: 1 },
  testTimeout: 2 * TEST_TIMEOUT_MS,
  maxWorkers: CORES,
  isolate: false,
}

/** Where Vitest has no times of an earlier run it starts large files first. These are small, and take half a minute. */
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
  // A process goes on to the next file with a new window: to start one, and to load jsdom and Vitest into it, takes a second each time.
  pool: 'vmForks' as const,
  // Windows that are over are not all given back: a process that has grown this far is replaced.
  vmMemoryLimit: '1GB',
  testTimeout: TEST_TIMEOUT_MS,
  include: ['test/**/*.test.tsx'],
  exclude: ['test/browser/**', 'test/consumers/**', '**/node_modules/**'],
  setupFiles: ['test/setup-dom.ts'],
}

/** Modules first seen while tests run would make Vite bundle again and reload the page under them. */
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
    // A CSS entry is a build error without it, and imported from a component it would be named after the package.
    cssCodeSplit: true,
    lib: { entry: { ...entry, ...stylesheets }, formats: ['es'] },
    rolldownOptions: {
      external: isBare,
      output: {
        // Bundled together, inner modules lose their 'use client'.
        preserveModules: true,
        preserveModulesRoot: path('src'),
        entryFileNames: '[name].js',
        // By the name of the source: Rolldown takes what follows a dot for an extension.
        assetFileNames: ({ originalFileNames: [source = ''] }) => basename(source),
      },
    },
  },
  test: {
    // Some tests wait for processes and sockets: another one runs meanwhile.
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
          // The aliases reach what is imported, not what a CommonJS build requires.
          mainFields: ['module', 'main'],
        },
        test: {
          name: 'oldest-peers',
          ...domTests,
          // What the versions of React and TanStack Query can change: mounting, effects, refs, rendering on a server.
          include: oldestPeerTests,
          // Left to Node, these would load the newest React, or a second copy of one another.
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
