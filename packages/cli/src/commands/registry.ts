import { standardComponents } from '@millrace/components'
import { Registry } from '@millrace/core'
import { llamaCppComponents } from '@millrace/llama-cpp'

/** What pipeline files may name when they are run from the command line. */
export function makeRegistry(): Registry {
  return new Registry([standardComponents, llamaCppComponents])
}
