# Completion of cstar for elvish. What can stand where is known by the program itself, so this file fits
# every version of it.
use str

set edit:completion:arg-completer[cstar] = {|@words|
  var place = (- (count $words) 1)
  try {
    (external cstar) __complete elvish $place -- $@words 2>/dev/null | from-lines | each {|line|
      var value @help = (str:split "\t" $line)
      # A directory and the name of a target go on.
      var suffix = ' '
      if (or (str:has-suffix $value '/') (str:has-suffix $value '=')) {
        set suffix = ''
      }
      var shown = $value
      if (> (count $help) 0) {
        set shown = $value' ('$help[0]')'
      }
      edit:complex-candidate $value &code-suffix=$suffix &display=$shown
    }
  } catch {
    # No candidates are better than an error in the middle of a line.
    nop
  }
}
