// Parts for the tests of pipelines and components: @millrace/core/testing.

export { Accumulate, AddFixedValue, Double, Subtract, Sum } from './arithmetic.ts'
export { CheckFailure } from './check-failure.ts'
export type { ComponentCheckName } from './component-checks.ts'
export { deepFreeze } from './deep-freeze.ts'
export { exampleInputs } from './example-values.ts'
export { Fail, PlannedFailure } from './fail.ts'
export { type RecordedVisit, Recorder } from './recorder.ts'
export { BranchJoiner, Parity, Remainder, Repeat, Threshold } from './routing.ts'
export { Slow } from './slow.ts'
export { type ComponentTestOptions, testComponent } from './test-component.ts'
export { testingComponents } from './testing-components.ts'
export {
  Concatenate,
  FString,
  Greet,
  Hello,
  StringJoiner,
  StringListJoiner,
  TextSplitter,
} from './texts.ts'
