import { isolatedEngine } from '../../src/engines/isolated/isolated-engine.ts'
import { testEngine } from './engine-contract.ts'

testEngine({ name: 'node-llama-cpp in a process', engineFor: () => isolatedEngine('node-llama-cpp') })
