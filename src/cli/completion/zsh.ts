import {
  type Completion,
  type Grammar,
  quote,
  type TypedCommand,
  type TypedFlag,
} from './grammar.ts'

/** The script for zsh: a file `_byway` in a folder of `$fpath`, or given to `source`. */
export function makeZshScript({ flags, commands }: Grammar): string {
  return `#compdef byway

_byway() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a byway_line=("\${words[@]}") byway_flags=(
${flags.map((flag) => `    ${flagSpec(flag)}`).join('\n')}
  )
  _arguments -C : $byway_flags '1:command:_byway_commands' '*::word:->words'
  [[ $state == words ]] || return
  case $words[1] in
${commands.map(commandArm).join('\n')}
  esac
}

_byway_commands() {
  local -a commands=(
${commands.map(({ name, describe }) => `    ${quote(`${name}:${describe}`)}`).join('\n')}
  )
  _describe command commands
}

# names that byway knows: of what the last word says, the others are for compadd
_byway_words() {
  local -a found=(\${(f)"$(\${~byway_line[1]} words $@[-1] "\${(@Q)byway_line[2,-1]}" 2>/dev/null)"})
  [[ $@[-1] == machines ]] && compset -P '*@'
  compadd "\${@[1,-2]}" -a found
}

if [[ $funcstack[1] == _byway ]]; then _byway "$@"; else compdef _byway byway; fi
`
}

function commandArm({ name, flags, places }: TypedCommand): string {
  const specs = [
    ...flags.map(flagSpec),
    ...places.map(({ name: place, completion, repeats }, i) =>
      quote(`${repeats ? '*' : i + 1}:${place}:${act(completion)}`),
    ),
  ]
  return `    ${name}) _arguments : $byway_flags ${specs.join(' ')} ;;`
}

/** A spec of _arguments (zshcompsys(1)): a flag excludes itself, unless it may be repeated. */
function flagSpec({ long, short, describe, repeats, value }: TypedFlag): string {
  const words = [...(short === undefined ? [] : [`-${short}`]), `--${long}`]
  const [once, equals] = [repeats ? '*' : `(${words.join(' ')})`, value === undefined ? '' : '=']
  const spelled = words.map((word) => (word.startsWith('--') ? `${word}${equals}` : word))
  const names = spelled.length === 1 ? spelled[0] : `{${spelled.join(',')}}`
  const text = describe.replace(/[\\[\]:]/g, '\\$&')
  const action = value === undefined ? '' : `:${long}:${act(value)}`
  return `${quote(once)}${names}${quote(`[${text}]${action}`)}`
}

function act(completion: Completion): string {
  if (completion === null) return ' '
  if ('words' in completion) return `(${completion.words.join(' ')})`
  if ('ask' in completion) return `_byway_words ${completion.ask}`
  return completion.path === 'file' ? '_files' : '_directories'
}
