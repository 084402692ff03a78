import { type Completion, type Grammar, spell, type TypedFlag } from './grammar.ts'

/** The script for fish: `byway.fish` in a folder of `$fish_complete_path`. */
export function makeFishScript({ flags, commands }: Grammar): string {
  const valued = [...flags, ...commands.flatMap((command) => command.flags)]
    .filter(({ value }) => value !== undefined)
    .flatMap(spell)
  const lines = [
    ...flags.map((flag) => flagLine(flag, '')),
    ...commands.map(({ name, describe }) => line('__byway_at 0', `-a ${name}`, describe)),
    ...commands.flatMap(({ name, flags: own, places }) => [
      ...own.map((flag) => flagLine(flag, ` -n '__byway_in ${name}'`)),
      ...places.flatMap(({ completion, repeats }, i) => {
        if (completion === null) return []
        const here = repeats ? '' : `; and __byway_at ${i + 1}`
        return [line(`__byway_in ${name}${here}`, argument(completion))]
      }),
    ]),
  ]
  return `# fish completion for byway

# the words before the cursor that are no flags and no values of flags, byway itself left out
function __byway_typed
    set -l tokens (commandline -opc)
    set -l value no
    for token in $tokens[2..-1]
        if test $value = yes
            set value no
        else if contains -- $token ${[...new Set(valued)].join(' ')}
            set value yes
        else if test "$token" = --
            echo -- $token
        else if not string match -q -- '-*' $token
            echo -- $token
        end
    end
end

# is the word at the cursor the one with this number?
function __byway_at
    set -l typed (__byway_typed)
    test (count $typed) -eq $argv[1]; and not contains -- -- $typed
end

function __byway_in
    set -l typed (__byway_typed)
    test (count $typed) -gt 0; and test $typed[1] = $argv[1]; and not contains -- -- $typed
end

# names that byway knows
function __byway_words
    set -l tokens (commandline -opc)
    set -l user (string match -r '^[^-].*@' -- (commandline -ct))
    for word in ($tokens[1] words $argv[1] $tokens[2..-1] 2>/dev/null)
        echo "$user$word"
    end
end

complete -c byway -f
${lines.join('\n')}
`
}

function line(condition: string, what: string, describe?: string): string {
  const text = describe === undefined ? '' : ` -d ${quote(describe)}`
  return `complete -c byway -n '${condition}' ${what}${text}`
}

function flagLine({ long, short, describe, value }: TypedFlag, condition: string): string {
  const letter = short === undefined ? '' : ` -s ${short}`
  const wants = value === undefined ? '' : ` ${wantValue(value)}`
  return `complete -c byway${condition} -l ${long}${letter}${wants} -d ${quote(describe)}`
}

/** `-x`: a value is wanted, and no file is one; `-r -F`: files are. */
function wantValue(completion: Completion): string {
  if (completion === null) return '-x'
  const words = argument(completion)
  return words === '-F' ? '-r -F' : `-x ${words}`
}

function argument(completion: NonNullable<Completion>): string {
  if ('words' in completion) return `-a '${completion.words.join(' ')}'`
  if ('ask' in completion) return `-a '(__byway_words ${completion.ask})'`
  return completion.path === 'file' ? '-F' : "-a '(__fish_complete_directories)'"
}

/** In fish's single quotes. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
