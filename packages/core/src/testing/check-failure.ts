/** A check of `testComponent` failed: the component does not keep the contract. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'
}

/** @throws CheckFailure */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CheckFailure(message)
}
