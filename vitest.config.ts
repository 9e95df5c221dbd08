import {defineConfig} from 'vitest/config'

/** Hermetic tests: Node and npm only. The live ones, which need a real Envoy or kernel, have a configuration of their own. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/live/**', 'node_modules/**'],
    testTimeout: 30_000,
  },
})
