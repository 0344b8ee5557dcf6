# Completion of cstar for PowerShell. What can stand where is known by the program itself, so this file
# fits every version of it.
Register-ArgumentCompleter -Native -CommandName 'cstar', 'cstar.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @(
        $commandAst.CommandElements |
            Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
            ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
                else { $_.Extent.Text }
            }
    )
    # Older versions cannot hand over an empty word: the place of the word says that there is one.
    $place = if ($wordToComplete -eq '') { $words.Count } else { $words.Count - 1 }
    # A program that is called by its path answers by itself.
    $program = $commandAst.GetCommandName(), 'cstar' |
        Where-Object { $_ } |
        ForEach-Object { Get-Command -Name $_ -CommandType Application -ErrorAction SilentlyContinue } |
        Select-Object -First 1
    if ($null -eq $program) { return }

    & $program '__complete' 'powershell' $place '--' @words 2>$null | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $help)
    }
}
