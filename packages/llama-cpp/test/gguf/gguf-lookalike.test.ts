import { expect, test } from '@jest/globals'
import { describeLookalike } from '../../src/gguf/gguf-lookalike.ts'

test.each([
  ['', 'it is empty'],
  [
    'version https://git-lfs.github.com/spec/v1\n',
    "it is a Git LFS pointer, not the file that it stands for. Run 'git lfs pull'",
  ],
  ['\n<!DOCTYPE html><html>', 'it is a web page. Download the file itself, not its page'],
  ['<html lang="en">', 'it is a web page. Download the file itself, not its page'],
  ['<?xml version="1.0"?><Error>', 'it is XML, probably the error message of a download'],
  [
    'PK\x03\x04\x14',
    'it is a zip archive, perhaps a PyTorch checkpoint. Unpack it, or convert the model to GGUF',
  ],
  [
    '\x58\x02\0\0\0\0\0\0{"weight":',
    "it looks like safetensors. Convert the model with llama.cpp's convert_hf_to_gguf.py",
  ],
  ['tjgg\x03', 'it is a GGML file from before GGUF. Get the model as GGUF'],
  ['\x1f\x8b\x08', 'it is compressed with gzip. Unpack it first'],
  ['\x28\xb5\x2f\xfd', 'it is compressed with zstd. Unpack it first'],
  ['\xfd7zXZ\0', 'it is compressed with xz. Unpack it first'],
  ['7z\xbc\xaf\x27\x1c', 'it is a 7z archive. Unpack it first'],
  ['\0\0\0\0\0', 'it begins with zeros, as a download does that reserved its space and never came'],
  ['{"error": "not found"}', 'it looks like JSON'],
  ['Repository not found, sorry', 'it is text that begins with "Repository not found, so"'],
  ['\x89PNG\r\n\x1a\n', 'it begins with the bytes 89 50 4e 47'],
  ['\x07', 'it begins with the bytes 07'],
])('tells what begins with %j', (start, what) => {
  expect(describeLookalike(Buffer.from(start, 'latin1'))).toBe(what)
})
