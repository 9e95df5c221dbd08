import {defineConfig} from 'vitest/config'

/** Hermetic tests: Node and npm only. The live ones, which need a real Envoy or kernel, have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/live/**', 'node_modules/**'],
    globalSetup: ['test/setup/build.ts'],
    testTimeout: 30_000,
  },
})
