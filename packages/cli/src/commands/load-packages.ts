import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ComponentPackage } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { CliError } from '../errors.ts'
import { findModule } from './find-module.ts'

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
  try {
    return await import(pathToFileURL(find(module, folder)).href)
  } catch (cause) {
    if (CliError.isInstance(cause)) throw cause
    // What is thrown need not be an error.
    const { message = cause } = Object(cause) as { message?: unknown }
    throw unreadable(module, String(message).split('\n', 1).join(), cause)
  }
}

/** The file of a module. */
function find(module: string, folder: string): string {
  if (!isPath(module)) return findModule(module, folder)
  const path = resolve(folder, module)
  if (existsSync(path)) return path
  throw unreadable(module, `There is no file '${path}'`)
}

function unreadable(module: string, reason: string, cause?: unknown): CliError {
  return new CliError(
    'USAGE_UNREADABLE',
    `The module '${module}' of --package cannot be loaded: ${reason.replace(/\.$/, '')}. Give the path of an ES module, or the name of an installed package.`,
    cause === undefined ? {} : { cause },
  )
}

function isPath(module: string): boolean {
  return isAbsolute(module) || /^\.{1,2}[/\\]/.test(module) || /\.[cm]?[jt]s$/.test(module)
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
