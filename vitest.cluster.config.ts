import {defineConfig} from 'vitest/config'

/** Tests against a real Kubernetes, which is started once for all of them (test/live/cluster/lab). */
export default defineConfig({
  test: {
    include: ['test/live/cluster/**/*.test.ts'],
    globalSetup: ['test/setup/build.ts', 'test/live/cluster/setup.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
