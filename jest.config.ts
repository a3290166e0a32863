/** @jest-config-loader esbuild-register */
import { readdirSync } from 'node:fs'
import type { Config } from 'jest'

const project = {
  testEnvironment: 'node',
  // Workspace packages resolve to their TypeScript source: no build is needed before tests.
  testEnvironmentOptions: { customExportConditions: ['@millrace/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript' },
          target: 'es2022',
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ] as [string, Record<string, unknown>],
  },
}

const config: Config = {
  // Jest itself would leave a core free, which of two is half the machine, and run all files in one process.
  maxWorkers: '100%',
  // A worker keeps the modules of every file it has run, native ones too: a new one is cheaper than a large one.
  workerIdleMemoryLimit: '1GB',
  projects: ['.', ...readdirSync('packages').map((name) => `packages/${name}`)].map((rootDir) => ({
    ...project,
    displayName: rootDir === '.' ? 'workspace' : rootDir.slice('packages/'.length),
    rootDir,
    moduleNameMapper: {
      '^\\./utils/testBindingBinary\\.js$': `<rootDir>/${rootDir === '.' ? '' : '../../'}test/no-binary-check.js`,
    },
    testMatch: ['<rootDir>/test/**/*.test.ts'],
  })),
  // Machines are busy: a time limit is there to end what hangs, not to judge what is slow.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/count-reporter.js'],
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  coverageProvider: 'v8',
}

export default config
