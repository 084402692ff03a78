import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './cleanup.ts'
import { mustRun } from './program.ts'

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A throw-away authority that nothing trusts by itself. */
export class Authority {
  /** path of its certificate, PEM */
  readonly file: string
  readonly #folder: string
  #issued = 0

  private constructor(folder: string) {
    this.#folder = folder
    this.file = join(folder, 'ca.pem')
  }

  static async make(): Promise<Authority> {
    const authority = new Authority(makeFolder())
    await authority.#openssl('req -x509 -subj /CN=byway-test-ca -days 2 -keyout ca.key -out ca.pem')
    return authority
  }

  /** A certificate for these names: `DNS:proxy.example`, `IP:127.0.0.1`. */
  async issue(...names: readonly string[]): Promise<Certificate> {
    this.#issued += 1
    const name = `cert-${this.#issued}`
    const at = (ending: string) => join(this.#folder, `${name}.${ending}`)
    writeFileSync(at('ext'), `subjectAltName=${names.join(',')}\n`)
    await this.#openssl(`req -new -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`)
    const signing = `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -days 2`
    const serial = `-set_serial ${this.#issued} -extfile ${name}.ext -out ${name}.pem`
    await mustRun(['openssl', ...`${signing} ${serial}`.split(' ')], { cwd: this.#folder })
    return { cert: readFileSync(at('pem'), 'utf8'), key: readFileSync(at('key'), 'utf8') }
  }

  async #openssl(request: string): Promise<void> {
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
    await mustRun(['openssl', ...`${request} ${key}`.split(' ')], { cwd: this.#folder })
  }
}
