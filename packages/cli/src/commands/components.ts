import {
  ConnectError,
  didYouMean,
  listNames,
  PipelineComponent,
  type Registry,
  subPipelineShape,
} from '@millrace/core'
import { CliError } from '../errors.ts'
import { type ComponentDeclaration, componentHelp } from '../output/component-help.ts'
import { styleFor } from '../output/style.ts'
import { wrapText } from '../output/wrap-text.ts'
import type { Terminal } from '../terminal.ts'
import { makeRegistry } from './registry.ts'

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

/** `millrace components`: the component types that pipeline files may name, or all about one of them. */
export function components(type: string | undefined, terminal: Terminal): void {
  const registry = makeRegistry()
  const { stdout } = terminal
  const page = { width: Math.min(stdout.columns || 80, WIDEST), style: styleFor(stdout, terminal) }
  const lines = type === undefined ? list(registry, page) : componentHelp(find(registry, type), page)
  stdout.write(`${lines.join('\n')}\n`)
}

function list(registry: Registry, { width, style }: Parameters<typeof componentHelp>[1]): string[] {
  const packages = [...registry.packages, builtIn]
  const types = packages.flatMap((owner) => owner.components.map((component) => component.type))
  const column = Math.max(...types.map((type) => type.length)) + 4
  return packages.flatMap(({ name, components: own }, index) => [
    ...(index === 0 ? [] : ['']),
    style('bold', name),
    ...own.flatMap((component: ComponentDeclaration) => {
      const about = wrapText(component.description ?? '', width, ' '.repeat(column))
      const [first = ''] = about
      return [`  ${component.type}${first.slice(component.type.length + 2)}`, ...about.slice(1)]
    }),
  ])
}

function find(registry: Registry, type: string) {
  const [component] = builtIn.components
  if (component?.type === type) return { owner: builtIn.name, component }
  try {
    const component = registry.component(type)
    const owner = registry.packages.find(({ components: own }) => own.includes(component))
    return { owner: owner?.name ?? '', component }
  } catch (error) {
    if (!ConnectError.isInstance(error)) throw error
    const known = [...registry.types(), PipelineComponent.type]
    throw new CliError(
      'USAGE_INVALID',
      `There is no component type '${type}'. Types: ${listNames(known, 60)}.${didYouMean(type, known)}`,
      { cause: error },
    )
  }
}
