//! Tables: aligned columns on a terminal, tab-separated values in a pipe.

use super::style;

/// Lines for `rows`. Cells must be clean. With `aligned`, columns are padded by two spaces and the
/// header is shown; without, cells are separated by tabs and there is no header, so that `cut` and
/// `awk` see data only.
pub(crate) fn lines(header: &[&str], rows: &[Vec<String>], aligned: bool) -> Vec<String> {
    if !aligned {
        return rows.iter().map(|row| row.join("\t")).collect();
    }
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(column, title)| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).chain([title.len()]).max().unwrap_or(0)
        })
        .collect();
    let titles: Vec<String> = header.iter().map(|title| (*title).to_owned()).collect();
    let head = style::dim(&pad(&titles, &widths));
    [head].into_iter().chain(rows.iter().map(|row| pad(row, &widths))).collect()
}

fn pad(cells: &[String], widths: &[usize]) -> String {
    let padded: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    padded.join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_padded_on_a_terminal_and_tabbed_in_a_pipe() {
        let rows = vec![vec!["a".to_owned(), "x".to_owned()], vec!["long".to_owned(), "y".to_owned()]];
        assert_eq!(lines(&["N", "V"], &rows, false), ["a\tx", "long\ty"]);
        let aligned = lines(&["N", "V"], &rows, true);
        assert_eq!(aligned[1..], ["a     x".to_owned(), "long  y".to_owned()]);
    }
}
