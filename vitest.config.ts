import { defineConfig } from 'vitest/config'

const include = ['packages/**/*.test.ts', 'services/**/*.test.ts', 'tests/**/*.test.ts']
const ownSuites = ['tests/long/**', 'tests/aws/**', 'tests/stacks/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include,
          exclude: ['**/node_modules/**', ...ownSuites],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      { test: { name: 'long', include: ['tests/long/**/*.test.ts'], testTimeout: 1_800_000, hookTimeout: 120_000 } },
      {
        test: {
          name: 'stacks',
          include: ['tests/stacks/**/*.test.ts'],
          globalSetup: 'tests/stacks/setup.ts',
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'aws',
          include: ['tests/aws/**/*.test.ts'],
          globalSetup: 'tests/aws/setup.ts',
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
