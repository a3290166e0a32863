import { Fault, quoted, suggestion } from './jinja-error.ts'
import { LoopState } from './loop.ts'
import { methodsOf } from './methods.ts'
import { isNumber } from './numbers.ts'
import { elementAt } from './operators.ts'
import type { Run } from './run.ts'
import { callBound } from './signature.ts'
import {
  Callable,
  DictView,
  Generator,
  Group,
  getEntry,
  isMapping,
  isText,
  Namespace,
  notData,
  Range,
  SelfPrinting,
  TemplateObject,
  Undefined,
} from './values.ts'

/** `value.name`: a method or attribute, or the entry of a dict. @throws Fault `UNDEFINED` or `FORBIDDEN` */
export function attributeOf(value: unknown, name: string, run: Run): unknown {
  const method = methodsOf(value)?.get(name)
  if (method) {
    if (method.mutates && !run.ownsValues) {
      throw new Fault('FORBIDDEN', `The method '${name}' is called by its name, as in 'list.${name}()'.`)
    }
    return new Callable('method', name, (positional, named) =>
      callBound(method.signature, `'${name}'`, positional, named, (values) =>
        method.call(run, value, values),
      ),
    )
  }
  if (isMapping(value)) return orUndefined(getEntry(value, name), name, value)
  if (name.startsWith('__')) throw new Fault('FORBIDDEN', `'${name}' cannot be read: it is not data.`)
  if (value instanceof Undefined) throw value.fault()
  if (value instanceof TemplateObject) return objectAttribute(value, name)
  if (value instanceof Namespace || value instanceof Callable) {
    return orUndefined(value.attributes.get(name), name, value)
  }
  if (value instanceof LoopState) return orUndefined(value.attribute(name, run), name, value)
  if (value instanceof Group && (name === 'grouper' || name === 'list'))
    return value[name === 'grouper' ? 0 : 1]
  if (value instanceof Range && (name === 'start' || name === 'stop' || name === 'step')) return value[name]
  checkReadable(value)
  return new Undefined(name, value)
}

/** `value[index]`. @throws Fault `UNDEFINED` or `FORBIDDEN` */
export function itemOf(value: unknown, index: unknown, run: Run): unknown {
  const element = elementAt(value, index, run)
  if (element !== undefined) return element
  if (value instanceof Undefined) throw value.fault()
  if (typeof index === 'string') return attributeOf(value, index, run)
  checkReadable(value)
  const shown = isText(index) || isNumber(index) ? String(index) : 'such element'
  return new Undefined(shown, value)
}

function orUndefined(found: unknown, name: string, owner: unknown): unknown {
  return found === undefined ? new Undefined(name, owner) : found
}

function objectAttribute(value: TemplateObject, name: string): unknown {
  if (!value.attributeNames.includes(name)) {
    throw new Fault(
      'UNDEFINED',
      `${value.typeName[0]?.toUpperCase()}${value.typeName.slice(1)} has no '${name}'. Possible: ${quoted(value.attributeNames)}.${suggestion(name, value.attributeNames)}`,
    )
  }
  return orUndefined(value.attribute(name), name, value)
}

function checkReadable(value: unknown): void {
  const isData =
    value === null ||
    (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') ||
    Array.isArray(value) ||
    isText(value) ||
    isNumber(value) ||
    value instanceof Generator ||
    isMapping(value) ||
    value instanceof DictView ||
    value instanceof Namespace ||
    value instanceof Callable ||
    value instanceof SelfPrinting
  if (!isData) throw notData(value)
}

/** Calls a value. @throws Fault `TYPE` for what cannot be called */
export function callValue(
  callee: unknown,
  positional: unknown[],
  named: ReadonlyMap<string, unknown>,
): unknown {
  if (callee instanceof Callable) return callee.call(positional, named) ?? null
  if (callee instanceof LoopState) return callee.recurse(positional, named)
  if (callee instanceof Undefined) throw callee.fault()
  throw new Fault('TYPE', `This value cannot be called: it is not a function, macro or method.`)
}
