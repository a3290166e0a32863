import { createRequire } from 'node:module'

/**
 * The main file of an installed package, or a file beside another one; undefined where there is none. Nothing of it is
 * loaded.
 *
 * @param from the file that would import it; by default one of this package
 */
export function findPackage(
  name: string,
  from: string = import.meta.filename ?? __filename,
): string | undefined {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}
