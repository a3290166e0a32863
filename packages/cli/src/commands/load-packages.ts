import { existsSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ComponentPackage } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { CliError } from '../errors.ts'
import { findModule } from './find-module.ts'
import { firstLine, importFailure, otherKind } from './import-failure.ts'

/**
 * The component packages that the modules of `--package` export. A pipeline file never makes code run; whoever writes a
 * command line decides to, with this option.
 *
 * @param modules paths, which start at `folder`, or names of npm packages as `folder` sees them
 * @throws CliError `USAGE_UNREADABLE` for a module that cannot be loaded, `USAGE_INVALID` for one without a package
 */
export async function loadPackages(modules: readonly string[], folder: string): Promise<ComponentPackage[]> {
  const found = await Promise.all(modules.map((module) => packagesOf(module, folder)))
  return [...new Set(found.flat())]
}

/** Loaded where they are installed beside this program, and too large to come with it. */
const besides = ['@millrace/openai']

/** The component packages that are installed beside this program. Those of a folder need `--package`: they are code. */
export async function installedPackages(): Promise<ComponentPackage[]> {
  const found = await Promise.all(
    besides.map(async (name) => {
      try {
        return Object.values((await import(name)) as object).filter(isComponentPackage)
      } catch (error) {
        const { code, message = '' } = Object(error) as Partial<NodeJS.ErrnoException>
        if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return []
        throw error
      }
    }),
  )
  return found.flat()
}

async function packagesOf(module: string, folder: string): Promise<ComponentPackage[]> {
  const exported = await load(module, folder)
  const packages = Object.values(exported).filter(isComponentPackage)
  if (packages.length > 0) return packages
  throw new CliError(
    'USAGE_INVALID',
    `The module '${module}' of --package exports no component package. Its exports: ${listNames(Object.keys(exported))}. Export what componentPackage({ name, components, tools }) returns.`,
  )
}

async function load(module: string, folder: string): Promise<Readonly<Record<string, unknown>>> {
  const file = find(module, folder)
  const other = otherKind(file)
  if (other !== undefined) throw unreadable(module, other)
  try {
    return await import(pathToFileURL(file).href)
  } catch (cause) {
    throw unreadable(module, importFailure(cause, file), cause)
  }
}

/** The file of a module. */
function find(module: string, folder: string): string {
  if (!isPath(module)) {
    try {
      return findModule(module, folder)
    } catch (cause) {
      const near = module.includes(':') ? undefined : likelyFile(resolve(folder, module))
      const hint =
        near === undefined
          ? 'Give the path of an ES module, such as ./tools.js, or the name of a package that is installed here'
          : `For the file write --package ./${relative(folder, near)}`
      throw unreadable(module, `${firstLine(cause)}. ${hint}`, cause)
    }
  }
  const path = resolve(folder, module)
  const near = likelyFile(path)
  if (near === path) return path
  const hint = near === undefined ? '' : `. There is './${relative(folder, near)}'`
  const what = existsSync(path) ? `'${path}' is a folder. Give a file in it` : `There is no file '${path}'`
  throw unreadable(module, what + hint)
}

/** The file at a path, or the one that was probably meant: with an ending, or in the folder. */
function likelyFile(path: string): string | undefined {
  const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
  const endings = ['', '.js', '.mjs', '.ts', '/index.js', '/index.mjs', '/src/index.js', '/dist/index.js']
  return endings.map((ending) => path + ending).find(isFile)
}

function unreadable(module: string, reason: string, cause?: unknown): CliError {
  return new CliError(
    'USAGE_UNREADABLE',
    `The module '${module}' of --package cannot be loaded: ${reason.replace(/\.$/, '')}.`,
    cause === undefined ? {} : { cause },
  )
}

function isPath(module: string): boolean {
  return isAbsolute(module) || /^\.{1,2}([/\\]|$)/.test(module) || /\.([cm]?[jt]s|json|ya?ml)$/.test(module)
}

/** By its shape: the package may use another copy of core. */
function isComponentPackage(value: unknown): value is ComponentPackage {
  const { name, components, tools, toolsets, callbacks } = Object(value) as Partial<ComponentPackage>
  return (
    typeof name === 'string' &&
    [components, tools, toolsets].every(Array.isArray) &&
    typeof callbacks === 'object'
  )
}
