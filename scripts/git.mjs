import { spawnSync } from 'node:child_process'

/**
 * What git says, without the line end. Throws with git's own words when it fails.
 *
 * @param {string[]} words
 */
export function git(...words) {
  const { status, stdout, stderr } = spawnSync('git', words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`)
  return stdout.trim()
}
