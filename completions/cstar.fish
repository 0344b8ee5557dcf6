# Completion of cstar for fish. What can stand where is known by the program itself, so this file fits
# every version of it.
function __cstar_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    # A program that is called by its path answers by itself.
    set -l program (string replace --regex '^~/' "$HOME/" -- $words[1])
    if not string match --quiet '*/*' -- $program; or not test -x $program
        set program cstar
    end
    command $program __complete fish (count $words) -- $words "$current" 2>/dev/null
end

# As they come: the newest event stands first.
complete --command cstar --no-files --keep-order --arguments '(__cstar_complete)'
