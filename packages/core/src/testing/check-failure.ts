import { AssertionError } from 'node:assert'

/** A check of `testComponent` failed: an assertion error, as every test runner shows it. */
export class CheckFailure extends AssertionError {
  constructor(message: string) {
    super({ message })
  }
}

/** @throws CheckFailure */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CheckFailure(message)
}
