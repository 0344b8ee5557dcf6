# Completion of cstar for bash 3.2 or later. What can stand where is known by the program itself,
# so this file fits every version of it.
_cstar() {
    local candidate program=${COMP_WORDS[0]//\\/}
    # A program that is called by its path answers by itself.
    if [[ $program == '~/'* ]]; then
        program=$HOME/${program#'~/'}
    fi
    if [[ $program != */* || ! -x $program ]]; then
        program=cstar
    fi
    COMPREPLY=()
    while IFS= read -r candidate; do
        if [[ -n $candidate ]]; then
            COMPREPLY+=("$candidate")
        fi
    done <<< "$(command "$program" __complete bash "$COMP_CWORD" -- "${COMP_WORDS[@]}" 2>/dev/null)"
    # A directory and the name of a target continue; bash 3 has no way to say so.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then
        compopt -o nospace 2>/dev/null || true
    fi
}

# As they come: the newest event stands first. bash 4.4 was the first to keep an order.
complete -o nosort -F _cstar cstar 2>/dev/null || complete -F _cstar cstar
