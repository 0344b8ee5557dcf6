# Completion of cstar for elvish. What can stand where is known by the program itself, so this file fits
# every version of it.
use path
use str

fn complete-cstar {|@words|
  var place = (- (count $words) 1)
  # A program that is called by its path answers by itself.
  var program = cstar
  if (str:contains $words[0] /) {
    set program = $words[0]
  }
  try {
    (external $program) __complete elvish $place -- $@words 2>/dev/null | from-lines | each {|line|
      var value @help = (str:split "\t" $line)
      # A directory and the name of a target are not complete yet.
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

set edit:completion:arg-completer[cstar] = $complete-cstar~

# Elvish looks up the whole path of a program, so paths to cstar end at the completer of all other programs.
var complete-others~ = $edit:complete-filename~
if (has-key $edit:completion:arg-completer '') {
  set complete-others~ = $edit:completion:arg-completer['']
}
set edit:completion:arg-completer[''] = {|@words|
  if (eq (path:base $words[0]) cstar) {
    complete-cstar $@words
  } else {
    complete-others $@words
  }
}
