import { llamaNode } from '../../src/engines/llama-node.ts'
import { testEngine } from './engine-contract.ts'

testEngine({ name: 'llama.node', engineFor: () => llamaNode })
