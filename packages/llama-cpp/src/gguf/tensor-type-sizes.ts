/** How many values one block of a tensor holds, and in how many bytes. */
export interface TensorTypeSize {
  readonly values: number
  readonly bytes: number
}

const size = (values: number, bytes: number): TensorTypeSize => ({ values, bytes })

/**
 * The ggml tensor types by the number that GGUF files use, as in `GGML_QUANT_SIZES` of llama.cpp's gguf-py.
 * Numbers that are missing are types of the future, or of the past, that the engines do not load.
 */
export const tensorTypeSizes: ReadonlyMap<number, TensorTypeSize> = new Map([
  [0, size(1, 4)], // F32
  [1, size(1, 2)], // F16
  [2, size(32, 18)], // Q4_0
  [3, size(32, 20)], // Q4_1
  [6, size(32, 22)], // Q5_0
  [7, size(32, 24)], // Q5_1
  [8, size(32, 34)], // Q8_0
  [9, size(32, 40)], // Q8_1
  [10, size(256, 84)], // Q2_K
  [11, size(256, 110)], // Q3_K
  [12, size(256, 144)], // Q4_K
  [13, size(256, 176)], // Q5_K
  [14, size(256, 210)], // Q6_K
  [15, size(256, 292)], // Q8_K
  [16, size(256, 66)], // IQ2_XXS
  [17, size(256, 74)], // IQ2_XS
  [18, size(256, 98)], // IQ3_XXS
  [19, size(256, 50)], // IQ1_S
  [20, size(32, 18)], // IQ4_NL
  [21, size(256, 110)], // IQ3_S
  [22, size(256, 82)], // IQ2_S
  [23, size(256, 136)], // IQ4_XS
  [24, size(1, 1)], // I8
  [25, size(1, 2)], // I16
  [26, size(1, 4)], // I32
  [27, size(1, 8)], // I64
  [28, size(1, 8)], // F64
  [29, size(256, 56)], // IQ1_M
  [30, size(1, 2)], // BF16
  [34, size(256, 54)], // TQ1_0
  [35, size(256, 66)], // TQ2_0
  [39, size(32, 17)], // MXFP4
  [40, size(64, 36)], // NVFP4
  [41, size(128, 18)], // Q1_0
])

/** Types that files of some months in 2024 have: weights laid out for one kind of processor. */
export const removedTensorTypes: ReadonlyMap<number, string> = new Map([
  [31, 'Q4_0_4_4'],
  [32, 'Q4_0_4_8'],
  [33, 'Q4_0_8_8'],
  [36, 'IQ4_NL_4_4'],
  [37, 'IQ4_NL_4_8'],
  [38, 'IQ4_NL_8_8'],
])
