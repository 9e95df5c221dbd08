import {defineConfig} from 'vitest/config'

/** Tests against the real thing. One file at a time: they make namespaces and start servers. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.test.ts'],
    exclude: ['test/live/cluster/**', 'node_modules/**'],
    globalSetup: ['test/setup/build.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
