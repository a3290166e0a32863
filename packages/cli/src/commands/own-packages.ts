import * as nodeModule from 'node:module'

type Resolve = (
  specifier: string,
  context: { readonly parentURL?: string | undefined },
) => { readonly url: string }

/** Of Node.js 22.15 and newer. */
interface WithHooks {
  registerHooks?(hooks: {
    resolve(specifier: string, context: Parameters<Resolve>[1], next: Resolve): ReturnType<Resolve>
  }): unknown
}

/**
 * Lets modules import the packages of Millrace that this program has, where they see none of their own: a `tools.js` in
 * any folder can `import { tool } from '@millrace/core'`. What is installed next to a module wins. For the program alone:
 * it changes how the whole process finds packages.
 */
export function resolveOwnPackages(): void {
  const { registerHooks } = nodeModule as WithHooks
  if (registerHooks !== undefined) {
    registerHooks({
      resolve(specifier, context, next) {
        try {
          return next(specifier, context)
        } catch (error) {
          if (!isOwn(specifier)) throw error
          return next(specifier, { ...context, parentURL: import.meta.url })
        }
      },
    })
    return
  }
  // Older ones run hooks in a thread of its own, from the source of a module.
  const source = `export async function resolve(specifier, context, next) {
    try {
      return await next(specifier, context)
    } catch (error) {
      if (!${OWN}.test(specifier)) throw error
      return next(specifier, { ...context, parentURL: ${JSON.stringify(import.meta.url)} })
    }
  }`
  nodeModule.register(`data:text/javascript,${encodeURIComponent(source)}`)
}

const OWN = /^(@millrace\/|millrace$)/

function isOwn(specifier: string): boolean {
  return OWN.test(specifier)
}
