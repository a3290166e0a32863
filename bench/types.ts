// How the cost of a typed pipeline for the compiler grows with its components.
import { table } from './measure.ts'
import { probeProgram, typeCost } from './type-probe.ts'

const one = typeCost(probeProgram(1)).instantiations
const rows = [0, 1, 6, 24, 96, 192].map((components): [string, ...number[]] => {
  const { instantiations, checkSeconds } = typeCost(probeProgram(components))
  return [`${components} components`, instantiations, instantiations - one, checkSeconds]
})
console.log(table(['', 'instantiations', 'beyond one component', 'check, s'], rows))
