import { componentPackage } from '../component/component-package.ts'
import { Accumulate, AddFixedValue, Double, Subtract, Sum } from './arithmetic.ts'
import { Fail } from './fail.ts'
import { BranchJoiner, Parity, Remainder, Repeat, Threshold } from './routing.ts'
import { Slow } from './slow.ts'
import { Concatenate, FString, Greet, Hello, StringJoiner, StringListJoiner, TextSplitter } from './texts.ts'

/** The parts for tests, for a registry: pipeline files can name them. */
export const testingComponents = componentPackage({
  name: '@millrace/core/testing',
  components: [
    Accumulate,
    AddFixedValue,
    BranchJoiner,
    Concatenate,
    Double,
    FString,
    Fail,
    Greet,
    Hello,
    Parity,
    Remainder,
    Repeat,
    Slow,
    StringJoiner,
    StringListJoiner,
    Subtract,
    Sum,
    TextSplitter,
    Threshold,
  ],
})
