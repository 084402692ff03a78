import { type Completion, type Grammar, quote, spell, type TypedFlag } from './grammar.ts'

/** The script for bash, 3.2 or newer (macOS's); it needs nothing of the package bash-completion. */
export function makeBashScript(grammar: Grammar): string {
  return `# bash completion for byway
_byway() {
  # readline splits at '=' and '@'; these are the words as they were typed
  local words=() rest=$COMP_LINE word gap i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%[![:space:]]*}
    rest=\${rest#"$gap"}
    rest=\${rest#"$word"}
    if [[ $i -eq 0 || -n $gap ]]; then words+=("$word"); else words[\${#words[@]} - 1]+=$word; fi
  done

  local full=\${words[\${#words[@]} - 1]} command='' place=0 flag=''
  for word in "\${words[@]:1:\${#words[@]}-2}"; do
    if [[ -n $flag ]]; then
      flag=''
      continue
    fi
    case $word in
      --) compopt -o default 2>/dev/null; return ;;
      -*) if _byway_wants "$command $word" >/dev/null; then flag=$word; fi ;;
      *) if [[ -z $command ]]; then command=$word; else place=$((place + 1)); fi ;;
    esac
  done

  local cur=$full kind
  if [[ -n $flag ]]; then
    kind=$(_byway_wants "$command $flag")
  elif [[ $full == --*=* ]]; then
    kind=$(_byway_wants "$command \${full%%=*}")
    cur=\${full#*=}
  elif [[ $full == -* ]]; then
    kind=$(_byway_flags "$command")
  else
    kind=$(_byway_place "$command $place")
  fi

  local generate
  case $kind in
    file) generate=(-f); compopt -o filenames 2>/dev/null ;;
    folder) generate=(-d); compopt -o filenames 2>/dev/null ;;
    '?'*)
      [[ $kind == '?machines' && $cur == *@* ]] && cur=\${cur##*@}
      generate=(-W "$("\${1/#\\~/$HOME}" words "\${kind#?}" "\${words[@]:1}" 2>/dev/null)")
      ;;
    *) generate=(-W "$kind") ;;
  esac
  local typed=\${COMP_WORDS[COMP_CWORD]}
  [[ $typed == [=@:] ]] && typed=''
  local before=\${full%"$typed"} prefix=\${full%"$cur"}
  while IFS= read -r word; do
    COMPREPLY+=("\${word#"$before"}")
  done < <(compgen -P "$prefix" "\${generate[@]}" -- "$cur")
}

# what the value of a flag is; fails for a flag that has none
_byway_wants() {
  case $1 in
${wants(grammar)}
    *) return 1 ;;
  esac
}

_byway_flags() {
  echo ${quote(longOf(grammar.flags))}
  case $1 in
${grammar.commands.map(({ name, flags }) => arm([name], longOf(flags))).join('\n')}
  esac
}

_byway_place() {
  case $1 in
${places(grammar)}
  esac
}

complete -F _byway byway
`
}

function wants({ flags, commands }: Grammar): string {
  const general = flags.flatMap((flag) => wantArm('*', flag))
  const own = commands.flatMap(({ name, flags: some }) =>
    some.flatMap((flag) => wantArm(name, flag)),
  )
  return [...general, ...own].join('\n')
}

function wantArm(command: string, flag: TypedFlag): string[] {
  if (flag.value === undefined) return []
  const patterns = spell(flag).map((word) => `${command}' ${word}'`)
  return [arm(patterns, show(flag.value))]
}

function places({ commands }: Grammar): string {
  const names = commands.map(({ name }) => name).join(' ')
  const arms = commands.flatMap(({ name, places: some }) =>
    some.map(({ completion, repeats }, i) =>
      arm([repeats ? `'${name} '*` : `'${name} ${i}'`], show(completion)),
    ),
  )
  return [arm(["' 0'"], names), ...arms].join('\n')
}

function arm(patterns: readonly string[], printed: string): string {
  return `    ${patterns.join(' | ')}) echo ${quote(printed)} ;;`
}

/** As the script's functions print it: \`?machines\` is asked for, \`file\` and \`folder\` are paths. */
function show(completion: Completion): string {
  if (completion === null) return ''
  if ('words' in completion) return completion.words.join(' ')
  return 'ask' in completion ? `?${completion.ask}` : completion.path
}

function longOf(flags: readonly TypedFlag[]): string {
  return flags.map(({ long }) => `--${long}`).join(' ')
}
