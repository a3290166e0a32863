import type { Component } from '../component/component.ts'
import { type ComponentCheckName, componentChecks } from './component-checks.ts'

export interface ComponentTestOptions {
  /** The function with which the test runner takes a test: that of jest, vitest or node:test. */
  readonly test: (name: string, body: () => Promise<void>) => unknown
  /**
   * Inputs to run the component with, as `run` receives them: a list for a variadic socket.
   *
   * @defaultValue made from the types of the sockets, once all of them, once the mandatory ones
   */
  readonly inputs?: readonly Readonly<Record<string, unknown>>[]
  /** Checks that this component cannot pass, each with the reason. They are left out. */
  readonly skip?: { readonly [name in ComponentCheckName]?: string }
}

/**
 * The contract that every component keeps, as tests. Run it for each component you write.
 *
 * @param make makes a new component each time
 * @example
 * describe('WordCount', () => {
 *   testComponent(() => new WordCount({ minLength: 2 }), { test })
 * })
 */
export function testComponent(make: () => Component, options: ComponentTestOptions): void {
  const { test, inputs, skip = {} } = options
  for (const [name, run] of Object.entries(componentChecks)) {
    if (skip[name as ComponentCheckName] === undefined) test(name, async () => run({ make, inputs }))
  }
}
