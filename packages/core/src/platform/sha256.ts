// SHA-256 (FIPS 180-4) for browsers, whose own is asynchronous. Node.js has it in node:crypto.

/** The first 32 bits of the fractional parts of a root of the first primes. */
function fractions(count: number, root: number): Uint32Array {
  const words: number[] = []
  for (let candidate = 2; words.length < count; candidate++) {
    if (isPrime(candidate)) words.push(((candidate ** root % 1) * 2 ** 32) | 0)
  }
  return Uint32Array.from(words)
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false
  return true
}

const rotated = (word: number, by: number) => (word >>> by) | (word << (32 - by))

/** In hexadecimal digits. */
export function sha256OfBytes(bytes: Uint8Array): string {
  const round = fractions(64, 1 / 3)
  const hash = fractions(8, 1 / 2)
  const padded = new DataView(new ArrayBuffer((((bytes.length + 8) >> 6) + 1) << 6))
  new Uint8Array(padded.buffer).set(bytes)
  padded.setUint8(bytes.length, 0x80)
  padded.setUint32(padded.byteLength - 8, Math.floor(bytes.length / 2 ** 29))
  padded.setUint32(padded.byteLength - 4, bytes.length << 3)
  const words = new Uint32Array(64)
  for (let block = 0; block < padded.byteLength; block += 64) {
    expand(words, padded, block)
    compress(hash, words, round)
  }
  return Array.from(hash, (word) => word.toString(16).padStart(8, '0')).join('')
}

function expand(words: Uint32Array, padded: DataView, block: number): void {
  for (let index = 0; index < 16; index++) words[index] = padded.getUint32(block + 4 * index)
  const at = (index: number) => words[index] as number
  for (let index = 16; index < 64; index++) {
    const early = at(index - 15)
    const late = at(index - 2)
    const small = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
    const large = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
    words[index] = at(index - 16) + small + at(index - 7) + large
  }
}

function compress(hash: Uint32Array, words: Uint32Array, round: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash
  for (let index = 0; index < 64; index++) {
    const chosen = (e & f) ^ (~e & g)
    const mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const first = (h + mixed + chosen + (round[index] as number) + (words[index] as number)) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + majority) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) hash[index] = (hash[index] as number) + word
}
