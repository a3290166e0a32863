// @millrace/core/testing, for the tests of components.

export type { ComponentCheckName } from './component-checks.ts'
export { deepFreeze } from './deep-freeze.ts'
export { type ComponentTestOptions, testComponent } from './test-component.ts'
