import type { Component, ComponentClass, Sockets, SocketType } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import type { Style } from '../style.ts'
import { sampleOf } from './sample-of.ts'
import { type ShownSocket, shortType } from './socket-lines.ts'
import { wrapText } from './wrap-text.ts'

export interface Page {
  readonly width: number
  readonly style: Style
}

/** What the help prints of a type. Sockets are printed too where it has a class that can be made of its parameters. */
export type ComponentDeclaration = Pick<ComponentClass, 'type' | 'description' | 'parameters'>

interface RegisteredComponent {
  /** The package. */
  readonly owner: string
  readonly component: ComponentDeclaration | ComponentClass
  /** Whether components share what it makes, and it has no sockets. */
  readonly isResource?: boolean
}

/** All about a component type: what it is for, its parameters with their defaults, and its sockets. */
export function componentHelp(
  { owner, component, isResource = false }: RegisteredComponent,
  page: Page,
): string[] {
  const { type, description = '', parameters } = component
  const fields = parameters === undefined ? [] : fieldsOf(parameters.type)
  const heading = [
    `${page.style('bold', type)}  ${page.style('dim', owner)}`,
    ...wrapText(description, page.width),
    ...section('Parameters', fields, page),
  ]
  if (isResource) {
    return [...heading, '', "A resource: a file declares it under 'resources', and components name it."]
  }
  const samples = sampleComponents(component)
  const inputs = samples.map((sample) => sample.inputs)
  const outputs = samples.map((sample) => sample.outputs)
  return [
    ...heading,
    ...(samples.length === 0
      ? ['', 'Its inputs and outputs depend on its parameters.']
      : [...socketSection('Inputs', inputs, page), ...socketSection('Outputs', outputs, page)]),
  ]
}

function section(title: string, entries: readonly ShownSocket[], page: Page): string[] {
  if (entries.length === 0) return []
  return ['', page.style('bold', title), ...entries.flatMap((entry) => entryLines(entry, page))]
}

function entryLines(entry: ShownSocket, { width, style }: Page): string[] {
  const { name, type, mandatory, default: fallback, description = '' } = entry
  const facts = [shortType(type)]
  if (fallback !== undefined) facts.push(`default ${JSON.stringify(fallback)}`)
  if (mandatory) facts.push('required')
  return [`  ${name}  ${style('dim', facts.join(', '))}`, ...wrapText(description, width, '      ')]
}

/** The sockets that a component has whatever its parameters are, and a line where they make others. */
function socketSection(title: string, samples: readonly Sockets[], page: Page): string[] {
  const [first = {}] = samples
  const common = Object.entries(first).filter(([name, { type }]) =>
    samples.every((other) => other[name] !== undefined && typeName(other[name].type) === typeName(type)),
  )
  const lines = section(title, socketsOf(Object.fromEntries(common)), page)
  if (samples.every((sockets) => Object.keys(sockets).length === common.length)) return lines
  const subject = common.length > 0 ? `Further ${title.toLowerCase()}` : `The ${title.toLowerCase()}`
  return [
    ...(lines.length > 0 ? lines : ['', page.style('bold', title)]),
    `  ${subject} depend on the parameters.`,
  ]
}

/** The fields of an object, and beneath each the fields of the object that it holds: `generationKwargs.topK`. */
function fieldsOf(type: SocketType, above = ''): ShownSocket[] {
  if (type.kind !== 'object') return []
  return Object.entries(type.fields).flatMap(([key, field]): ShownSocket[] => {
    const name = above + key
    return [{ ...field, name, mandatory: !field.optional }, ...fieldsOf(field.type, `${name}.`)]
  })
}

function socketsOf(sockets: Sockets): ShownSocket[] {
  return Object.entries(sockets).map(([name, socket]) => ({ ...socket, name, mandatory: false }))
}

/**
 * Sockets are those of instances: some are made to read them, of parameters as different as they can be. A constructor
 * loads nothing; one that refuses a sample of them is left out.
 */
function sampleComponents(component: ComponentDeclaration | ComponentClass): Component[] {
  if (typeof component !== 'function') return []
  return sampleParameters(component.parameters?.type).flatMap((parameters) => {
    try {
      return [new component(parameters)]
    } catch {
      return []
    }
  })
}

const others = { text: 'other', full: true }
const templates = { text: 'other {{ variable }}', full: true }

function sampleParameters(type: SocketType | undefined): unknown[] {
  if (type === undefined) return [undefined]
  const least = sampleOf(type)
  const optional =
    type.kind === 'object' ? Object.entries(type.fields).filter(([, { optional }]) => optional) : []
  return [
    least,
    sampleOf(type, others),
    sampleOf(type, templates),
    ...optional.map(([name, field]) => ({ ...Object(least), [name]: sampleOf(field.type, templates) })),
  ]
}
