import type { Component, ComponentClass, Socket, SocketType } from '@millrace/core'
import { sampleOf } from './sample-of.ts'
import { type ShownSocket, shortType } from './socket-lines.ts'
import type { Style } from './style.ts'
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
  if (isResource)
    return [...heading, '', `A resource: a file declares it under 'resources', and components name it.`]
  const sample = sampleComponent(component)
  return [
    ...heading,
    ...(sample === undefined
      ? ['', 'Its inputs and outputs depend on its parameters.']
      : [
          ...section('Inputs', socketsOf(sample.inputs), page),
          ...section('Outputs', socketsOf(sample.outputs), page),
        ]),
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

/** The fields of an object, and beneath each the fields of the object that it holds: `generationKwargs.topK`. */
function fieldsOf(type: SocketType, above = ''): ShownSocket[] {
  if (type.kind !== 'object') return []
  return Object.entries(type.fields).flatMap(([key, field]): ShownSocket[] => {
    const name = above + key
    return [{ ...field, name, mandatory: !field.optional }, ...fieldsOf(field.type, `${name}.`)]
  })
}

function socketsOf(sockets: Readonly<Record<string, Socket>>): ShownSocket[] {
  return Object.entries(sockets).map(([name, socket]) => ({ ...socket, name, mandatory: false }))
}

/** Sockets are those of an instance: one is made to read them. A constructor loads nothing. */
function sampleComponent(component: ComponentDeclaration | ComponentClass): Component | undefined {
  if (typeof component !== 'function') return undefined
  try {
    return component.parameters === undefined
      ? new component()
      : new component(sampleOf(component.parameters.type))
  } catch {
    return undefined
  }
}
