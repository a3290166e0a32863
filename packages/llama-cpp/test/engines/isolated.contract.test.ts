import { isolatedEngine } from '../../src/engines/isolated/isolated-engine.ts'
import { testEngine } from './engine-contract.ts'

const engine = isolatedEngine('node-llama-cpp')

testEngine({ name: 'node-llama-cpp in a process', engineFor: () => engine })
