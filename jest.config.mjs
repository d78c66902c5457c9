/**
 * Three tiers, told apart by name: `*.spec.ts` beside the code is unit, `*.medium.spec.ts` runs on a real Postgres
 * (its own database a file, cloned from a migrated template), `test/e2e/*.spec.ts` drives a browser.
 */
const common = {
  rootDir: import.meta.dirname,
  // Not the whole checkout: the files of running databases are in it, and come and go.
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

export default {
  // Some tests start and kill servers or browsers of their own, on machines that have other work.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/*.spec.ts'],
      testPathIgnorePatterns: ['\\.medium\\.spec\\.ts$', '/node_modules/', '/dist/'],
    },
    {
      ...common,
      displayName: 'medium',
      testMatch: ['<rootDir>/src/**/*.medium.spec.ts', '<rootDir>/test/*.medium.spec.ts'],
      globalSetup: '<rootDir>/test/medium-setup.mjs',
      globalTeardown: '<rootDir>/test/medium-teardown.mjs',
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/*.spec.ts'],
    },
  ],
};
