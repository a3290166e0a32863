import { Environment } from './jinja.ts'
import { makeValue } from './make-value.ts'
import type { Scope } from './runtime-value.ts'
import type { WorkBudget } from './work-budget.ts'

/** What a call of a macro costs, as measured in steps: it gets scopes of its own. */
const STEPS_PER_CALL = 10

/**
 * Lets a macro see the scope in which it was defined, as in Jinja. The library lets it see that of its caller, with
 * loop variables that shadow what the macro means. `caller` comes from a `call` block, and from nowhere further out.
 */
export function bindMacro(name: string, home: Scope, budget: WorkBudget): void {
  const macro = home.lookupVariable(name)
  if (macro.type !== 'FunctionValue') return
  const bound = makeValue.function((args, scope) => {
    budget.spend(STEPS_PER_CALL)
    const inner = new Environment(home)
    const caller = scope.variables.get('caller')
    if (caller !== undefined) inner.setVariable('caller', caller)
    return macro.value(args, inner)
  })
  home.setVariable(name, bound)
}
