// Folders are floors, and imports only go down: the tables are those of ARCHITECTURE.md.
import { posix } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { filesBelow, packages, read } from './workspace.ts'

interface Import {
  readonly from: string
  readonly to: string
}

/** The floors of a package, lowest first: each a list of files and of folders (which end in a slash). */
function floorsOf(name: string): string[][] {
  const block = new RegExp(`\`\`\`floors packages/${name}/src\n([^\`]*)\`\`\``).exec(read('ARCHITECTURE.md'))
  if (!block) throw new Error(`ARCHITECTURE.md has no floors for packages/${name}/src.`)
  return (block[1] ?? '')
    .trim()
    .split('\n')
    .map((line) => (line.split('#')[0] ?? '').trim().split(/\s+/))
}

/** All imports of values between the files of a package: what is imported as a type alone costs nothing when it runs. */
function importsOf(name: string): Import[] {
  return filesBelow(`packages/${name}/src`).flatMap((from) => {
    const source = read(`packages/${name}/src/${from}`)
    const values = source.replace(/\b(?:import|export) type \{[^}]*\} from '[^']*'/g, '')
    const paths = values.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.{1,2}\/[^'"]+)['"]/g)
    return [...paths].map((match) => ({
      from,
      to: posix.normalize(posix.join(posix.dirname(from), match[1] ?? '')),
    }))
  })
}

function floorOf(
  floors: readonly (readonly string[])[],
  file: string,
): { floor: number; item: string } | undefined {
  for (const [floor, items] of floors.entries()) {
    const item = items.find((candidate) =>
      candidate.endsWith('/') ? file.startsWith(candidate) : file === candidate,
    )
    if (item !== undefined) return { floor, item }
  }
  return undefined
}

/** The files that lead back to themselves. */
function cycles(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>()
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to])
  const reaches = (start: string): boolean => {
    const seen = new Set<string>()
    const open = [...(targets.get(start) ?? [])]
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (file === start) return true
      if (seen.has(file)) continue
      seen.add(file)
      open.push(...(targets.get(file) ?? []))
    }
    return false
  }
  return [...targets.keys()].filter(reaches)
}

describe.each(packages)('packages/%s', (name) => {
  const floors = floorsOf(name)
  const imports = importsOf(name)

  test('every file has a floor, and every floor has files', () => {
    const files = filesBelow(`packages/${name}/src`)
    expect(files.filter((file) => floorOf(floors, file) === undefined)).toEqual([])
    const empty = floors.flat().filter((item) => !files.some((file) => floorOf([[item]], file)))
    expect(empty).toEqual([])
  })

  test('imports only go down', () => {
    const upward = imports.filter(({ from, to }) => {
      const source = floorOf(floors, from)
      const target = floorOf(floors, to)
      if (!source || !target || source.item === target.item) return false
      return target.floor >= source.floor
    })
    expect(upward.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test('no file leads back to itself', () => {
    expect(cycles(imports)).toEqual([])
  })
})

test('packages depend downwards only', () => {
  const order = [
    'jinja',
    'core',
    'drawing',
    'pocket-model',
    'components',
    'llama-cpp',
    'openai',
    'opentelemetry',
    'mcp',
    'serve',
    'cli',
  ]
  const own: Readonly<Record<string, readonly string[]>> = {
    jinja: [],
    core: [],
    'pocket-model': [],
    components: ['core', 'jinja'],
    'llama-cpp': ['core', 'jinja'],
    serve: ['core', 'drawing', 'mcp'],
    cli: order.slice(0, -1),
  }
  for (const name of packages) {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(read(`packages/${name}/package.json`))
    const ours = Object.keys({ ...dependencies, ...peerDependencies })
      .filter((dependency) => dependency.startsWith('@millrace/'))
      .map((dependency) => dependency.slice('@millrace/'.length))
    const allowed = own[name] ?? ['core']
    expect({ name, refused: ours.filter((dependency) => !allowed.includes(dependency)) }).toEqual({
      name,
      refused: [],
    })
  }
})
