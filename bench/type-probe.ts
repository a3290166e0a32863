// What a typed pipeline costs the compiler, in type instantiations: those are exact, where seconds are not.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** The root of the workspace, from the source of this file as well as from what it compiles to. */
export const root = rootAbove(import.meta.dirname)

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'pnpm-workspace.yaml')) ? folder : rootAbove(dirname(folder))
}

/**
 * A program of components, each of a class of its own, in a chain: a record, a connection from each to the next, and a
 * typed run. The classes are written as the documents say, with `InputsOf` and `OutputsOf`; every third has an optional
 * input, every third a variadic one, and every third a second output. Without components the program only imports the
 * package.
 */
export function probeProgram(components: number): string {
  const names = Array.from({ length: components }, (_, index) => index)
  if (components === 0) return "import '@millrace/core'\n"
  return [
    "import { type Component, type InputsOf, type OutputsOf, Pipeline, t } from '@millrace/core'",
    ...names.map((index) => shapes[index % shapes.length]?.(index)),
    `const pipeline = new Pipeline({ ${names.map((index) => `c${index}: new C${index}()`).join(', ')} })`,
    ...names.slice(1).map((index) => `pipeline.connect('c${index - 1}.text', 'c${index}.in${index}')`),
    "export const result = pipeline.run({ c0: { in0: 'a' } })",
    '',
  ].join('\n')
}

const shapes: readonly ((index: number) => string)[] = [
  (index) => `class C${index} implements Component {
  readonly inputs = { in${index}: t.string() }
  readonly outputs = { text: t.string(), count${index}: t.integer() }
  run({ in${index} }: InputsOf<C${index}>): OutputsOf<C${index}> {
    return { text: in${index}, count${index}: 1 }
  }
}`,
  (index) => `class C${index} implements Component {
  readonly inputs = { in${index}: t.string(), limit${index}: t.integer({ default: 1 }) }
  readonly outputs = { text: t.string() }
  run({ in${index}, limit${index} = 1 }: InputsOf<C${index}>): OutputsOf<C${index}> {
    return { text: in${index}.slice(limit${index}) }
  }
}`,
  (index) => `class C${index} implements Component {
  readonly inputs = { in${index}: t.variadic(t.string()) }
  readonly outputs = { text: t.string() }
  run({ in${index} }: InputsOf<C${index}>): OutputsOf<C${index}> {
    return { text: in${index}.join() }
  }
}`,
]

export interface TypeCost {
  readonly instantiations: number
  readonly checkSeconds: number
  /** What the compiler has against the program. */
  readonly errors: readonly string[]
}

/** Compiles a program that imports `@millrace/core`, in a folder of its own. */
export function typeCost(program: string): TypeCost {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-types-'))
  try {
    writeFileSync(join(folder, 'probe.mts'), program)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(projectOf('probe.mts')))
    // Several threads would each instantiate the types that they share.
    const output = runTsc(['-p', folder, '--extendedDiagnostics', '--singleThreaded'])
    return {
      instantiations: Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1]),
      checkSeconds: Number(/^Check time:\s+([\d.]+)s/m.exec(output)?.[1]),
      errors: output.split('\n').filter((line) => /probe\.mts\(.*error/.test(line)),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function projectOf(file: string): object {
  return {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      composite: false,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      noEmit: true,
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { '@millrace/core': [join(root, 'packages/core/src/index.ts')] },
    },
    files: [file],
  }
}

/** The output of the compiler of this workspace, whatever it thinks of the program. */
export function runTsc(options: readonly string[], folder = root): string {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return spawnSync(process.execPath, [tsc, '--pretty', 'false', ...options], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout
}
