import { defineConfig } from 'vitest/config'

const include = ['packages/**/*.test.ts', 'services/**/*.test.ts', 'tests/**/*.test.ts']

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'fast', include, exclude: ['**/node_modules/**', 'tests/long/**'], testTimeout: 60_000 } },
      { test: { name: 'long', include: ['tests/long/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 120_000 } },
    ],
  },
})
