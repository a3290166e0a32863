import { DefinitionError, PipelineComponent, type Registry } from '@millrace/core'
import { listNames, nearest } from '@millrace/core/component'
import { subPipelineShape } from '@millrace/core/yaml'
import { CliError } from '../errors.ts'
import { type ComponentDeclaration, componentHelp } from '../output/reference/component-help.ts'
import { wrapText } from '../output/reference/wrap-text.ts'
import { styleFor } from '../output/style.ts'
import type { Terminal } from '../terminal.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

const WIDEST = 110

/** A pipeline in a pipeline: the one type that needs no registry. */
const builtIn = {
  name: '@millrace/core',
  components: [
    {
      type: PipelineComponent.type,
      description: PipelineComponent.description,
      parameters: subPipelineShape,
    },
  ],
} satisfies { readonly name: string; readonly components: readonly ComponentDeclaration[] }

/** `millrace components`: the component types and tools that pipeline files may name, or all about one of the types. */
export async function components(
  type: string | undefined,
  options: RegistryOptions,
  terminal: Terminal,
): Promise<void> {
  const registry = await makeRegistry(options, terminal)
  const { stdout } = terminal
  const page = { width: Math.min(stdout.columns || 80, WIDEST), style: styleFor(stdout, terminal) }
  const lines = type === undefined ? list(registry, page) : componentHelp(find(registry, type), page)
  stdout.write(`${lines.join('\n')}\n`)
}

interface Entry {
  readonly name: string
  readonly about: string
}

type Listed = Pick<Registry['packages'][number], 'tools' | 'toolsets' | 'resources'> & {
  readonly components: readonly ComponentDeclaration[]
}

function entriesOf({ components: own, tools, toolsets, resources = [] }: Listed): Entry[] {
  return [
    ...own.map(({ type, description = '' }) => ({ name: type, about: description })),
    ...resources.map(({ type, description = '' }) => ({
      name: type,
      about: `A resource. ${description}`.trim(),
    })),
    ...tools.map((tool) => ({ name: tool.name, about: `A tool. ${tool.description}` })),
    ...toolsets.map((set) => ({ name: set.name, about: 'A set of tools.' })),
  ]
}

function list(registry: Registry, { width, style }: Parameters<typeof componentHelp>[1]): string[] {
  const packages = [...registry.packages, { ...builtIn, tools: [], toolsets: [], resources: [] }].map(
    (owner) => ({
      name: owner.name,
      entries: entriesOf(owner),
    }),
  )
  const column = Math.max(...packages.flatMap(({ entries }) => entries.map(({ name }) => name.length))) + 4
  return packages.flatMap(({ name, entries }, index) => [
    ...(index === 0 ? [] : ['']),
    style('bold', name),
    ...entries.flatMap((entry) => {
      const about = wrapText(entry.about, width, ' '.repeat(column))
      const [first = ''] = about
      return [`  ${entry.name}${first.slice(entry.name.length + 2)}`, ...about.slice(1)]
    }),
  ])
}

function find(registry: Registry, type: string) {
  const [component] = builtIn.components
  if (component?.type === type) return { owner: builtIn.name, component }
  const resource = registry.resources.find(type)
  if (!(resource instanceof DefinitionError)) {
    const owner = registry.packages.find(({ resources = [] }) => resources.includes(resource.value))
    return { owner: owner?.name ?? '', component: resource.value as ComponentDeclaration, isResource: true }
  }
  try {
    const component = registry.component(type)
    const owner = registry.packages.find(({ components: own }) => own.includes(component))
    return { owner: owner?.name ?? '', component }
  } catch (error) {
    if (!DefinitionError.isInstance(error)) throw error
    throw new CliError('USAGE_INVALID', unknownType(type, registry), { cause: error })
  }
}

function unknownType(type: string, registry: Registry): string {
  const owner = registry.packages.find(({ tools }) => tools.some(({ name }) => name === type))
  if (owner !== undefined) {
    return `'${type}' is a tool of ${owner.name}, not a component type. A file names it in the 'tools' of a component.`
  }
  const known = [...registry.types(), PipelineComponent.type]
  const near = nearTypes(type, known)
  if (near.length === 0) return `There is no component type '${type}'. Types: ${listNames(known, 60)}.`
  const choice = listNames(near).replace(/ and (?='[^']*'$)/, ' or ')
  return `There is no component type '${type}'. Did you mean ${choice}? 'millrace components' lists all.`
}

/** The one that was misspelt; else those that have the most words of the name in theirs. */
function nearTypes(type: string, known: readonly string[]): string[] {
  const misspelt = nearest(type, known)
  if (misspelt !== undefined) return [misspelt]
  const wanted = wordsOf(type)
  const shared = (name: string) => wordsOf(name).filter((word) => wanted.includes(word)).length
  const most = Math.max(...known.map(shared))
  return most === 0 ? [] : known.filter((name) => shared(name) === most)
}

/** `ChatPromptBuilder`: chat, prompt, builder. */
function wordsOf(name: string): string[] {
  return (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g) ?? []).map((word) => word.toLowerCase())
}
