// For the tests of components: @millrace/core/testing.

export { CheckFailure } from './check-failure.ts'
export type { ComponentCheckName } from './component-checks.ts'
export { deepFreeze } from './deep-freeze.ts'
export { exampleInputs } from './example-values.ts'
export { type ComponentTestOptions, testComponent } from './test-component.ts'
