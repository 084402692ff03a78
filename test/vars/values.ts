import { randomBytes } from 'node:crypto'

/** What vars may hold, by what is special about it. */
export const VALUES: Readonly<Record<string, Uint8Array>> = {
  'an onion name': Buffer.from(`${'a'.repeat(56)}.onion\n`),
  'no newline at the end': Buffer.from('192.0.2.7'),
  unicode: Buffer.from('Zürich 東京 🐦\n'),
  'several lines': Buffer.from('one\ntwo\r\n\nfour\n\n'),
  'only a newline': Buffer.from('\n'),
  'white space': Buffer.from(' \t value \t '),
  'something like a value of sops': Buffer.from(
    'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]',
  ),
  'every byte': Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
  'bytes that are no text': Buffer.from('ff00fe0a80c0', 'hex'),
  'a mebibyte': randomBytes(1024 * 1024),
}
