/** Asks for proposals: the words before the cursor, then the part of a word at it. One line each, what it means behind a tab. */
const ask = 'command sidetrace complete --'

const bash = `# bash completion of sidetrace: put \`source <(sidetrace completion bash)\` into ~/.bashrc
_sidetrace() {
  local IFS=$'\\n' line value word="\${COMP_WORDS[COMP_CWORD]}" files=
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [ "$value" = :files ]; then files=1; continue; fi
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <(${ask} "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null)
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    for line in $(compgen -f -- "\${word#*=}"); do COMPREPLY+=("$line"); done
  fi
}
complete -F _sidetrace sidetrace
`

const zsh = `#compdef sidetrace
# zsh completion of sidetrace: put \`source <(sidetrace completion zsh)\` into ~/.zshrc, behind compinit
_sidetrace() {
  local -a values shown
  local line value files=
  while IFS= read -r line; do
    value="\${line%%$'\\t'*}"
    if [[ "$value" == :files ]]; then files=1; continue; fi
    values+=("$value")
    if [[ "$line" == *$'\\t'?* ]]; then shown+=("$value  -- \${line#*$'\\t'}"); else shown+=("$value"); fi
  done < <(${ask} "\${(@)words[2,CURRENT-1]}" "\${words[CURRENT]}" 2>/dev/null)
  if (( \${#values} )); then compadd -l -d shown -a values; fi
  if [[ -n "$files" ]]; then _files; fi
}
compdef _sidetrace sidetrace
`

const fish = `# fish completion of sidetrace: sidetrace completion fish > ~/.config/fish/completions/sidetrace.fish
function __sidetrace_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (${ask} $words[2..-1] 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c sidetrace -f -a '(__sidetrace_complete)'
`

export const shells = ['bash', 'zsh', 'fish'] as const

export const completionScripts: Readonly<Record<(typeof shells)[number], string>> = {bash, zsh, fish}
