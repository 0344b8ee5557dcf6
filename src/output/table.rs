//! Tables: aligned columns that fit the terminal, tab-separated values in a pipe.

use super::style;
use super::width::{pad, pad_left, short_id, truncate, width};

/// Between two columns.
const GAP: usize = 2;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) fit: Fit,
    /// Omitted if it does not fit; of several, the last one first.
    pub(crate) optional: bool,
}

/// How a column reacts if the terminal is too narrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Never truncated.
    Whole,
    /// The same, right-aligned.
    Right,
    /// Its cells are truncated, but not below this many columns.
    Truncate(usize),
    /// Ids, shortened to their end.
    Id,
}

impl Column {
    pub(crate) const fn new(title: &'static str, fit: Fit) -> Self {
        Self { title, fit, optional: false }
    }

    /// A column that is omitted if it does not fit.
    pub(crate) const fn optional(title: &'static str, fit: Fit) -> Self {
        Self { title, fit, optional: true }
    }
}

/// `columns` with full ids: other columns shrink first.
pub(crate) fn with_full_ids<const N: usize>(columns: [Column; N]) -> [Column; N] {
    let fit = |column: Column| if column.fit == Fit::Id { Fit::Whole } else { column.fit };
    columns.map(|column| Column { fit: fit(column), ..column })
}

/// The width of each column; `None` for an omitted one.
pub(crate) type Layout = Vec<Option<usize>>;

/// Lines for `rows`, whose cells must be sanitized. With `aligned`, columns are padded and there is a header; otherwise
/// cells are separated by tabs without a header, for `cut` and `awk`.
pub(crate) fn lines(header: &[&str], rows: &[Vec<String>], aligned: bool) -> Vec<String> {
    if !aligned {
        return rows.iter().map(|row| row.join("\t")).collect();
    }
    let widths: Layout = header
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell));
            cells.chain([width(title)]).max()
        })
        .collect();
    let titles: Vec<String> = header.iter().map(|title| (*title).to_owned()).collect();
    let columns: Vec<Column> = header.iter().map(|_| Column::new("", Fit::Whole)).collect();
    let head = style::dim(&line(&columns, &widths, &titles));
    [head].into_iter().chain(rows.iter().map(|row| line(&columns, &widths, row))).collect()
}

/// Names and values, without a header.
pub(crate) fn pairs(rows: &[Vec<String>], aligned: bool) -> Vec<String> {
    let mut lines = lines(&["", ""], rows, aligned);
    if aligned {
        lines.remove(0);
    }
    lines
}

/// A header and a line per row, none wider than `max_width` columns, if that is known. Cells must be sanitized and
/// without style.
pub(crate) fn render(columns: &[Column], rows: &[Vec<String>], max_width: Option<usize>) -> Vec<String> {
    let layout = layout(columns, &natural_widths(columns, rows), max_width);
    let head = style::dim(&header(columns, &layout));
    [head].into_iter().chain(rows.iter().map(|row| line(columns, &layout, row))).collect()
}

/// The widths of the columns without any limit.
pub(crate) fn natural_widths(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let widest = |at: usize, title: &str| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell));
        cells.chain([width(title)]).max().unwrap_or_default()
    };
    columns.iter().enumerate().map(|(at, column)| widest(at, column.title)).collect()
}

/// Fits columns of these widths into `max_width`: truncates cells first, then shortens ids, then omits optional
/// columns, then truncates below the minimum. A wider terminal never shows fewer columns or shorter ids than a
/// narrower one, which is why ids stay short once a column is omitted, even if a full id would fit.
pub(crate) fn layout(columns: &[Column], natural: &[usize], max_width: Option<usize>) -> Layout {
    let Some(max_width) = max_width else { return natural.iter().copied().map(Some).collect() };
    let optional = columns.iter().filter(|column| column.optional).count();
    let steps = [(0, false)].into_iter().chain((0..=optional).map(|dropped| (dropped, true)));
    for (dropped, short_ids) in steps {
        let shown = shown(columns, natural, dropped, short_ids);
        if let Some(layout) = shrink(columns, shown, max_width, |fit| fit) {
            return layout;
        }
    }
    // A few letters of every column are better than lines that wrap.
    let shown = shown(columns, natural, optional, true);
    let least = |fit| if matches!(fit, Fit::Truncate(_) | Fit::Whole) { Fit::Truncate(4) } else { fit };
    let smallest = || shown.iter().map(|width| width.map(|width| width.min(4))).collect();
    shrink(columns, shown.clone(), max_width, least).unwrap_or_else(smallest)
}

/// The natural widths, without the last `dropped` of the optional columns.
fn shown(columns: &[Column], natural: &[usize], dropped: usize, short_ids: bool) -> Layout {
    let kept = columns.iter().filter(|column| column.optional).count() - dropped;
    let mut seen = 0;
    let keep = |(column, width): (&Column, &usize)| {
        seen += usize::from(column.optional);
        let there = !column.optional || seen <= kept;
        let width = if short_ids && column.fit == Fit::Id { (*width).min(9) } else { *width };
        there.then_some(width)
    };
    columns.iter().zip(natural).map(keep).collect()
}

/// Shrinks `layout` to `max_width`, the widest columns first; `None` if it does not fit.
fn shrink(
    columns: &[Column],
    mut layout: Layout,
    max_width: usize,
    fit: impl Fn(Fit) -> Fit,
) -> Option<Layout> {
    loop {
        let count = layout.iter().flatten().count();
        let total = layout.iter().flatten().sum::<usize>() + GAP * count.saturating_sub(1);
        let over = total.saturating_sub(max_width);
        if over == 0 {
            return Some(layout);
        }
        let can_shrink = |(column, width): (&Column, &mut Option<usize>)| match (fit(column.fit), *width) {
            (Fit::Truncate(least), Some(width)) if width > least => Some(width),
            _ => None,
        };
        let widest = columns.iter().zip(&mut layout).filter_map(can_shrink).max()?;
        let one = columns.iter().zip(&mut layout).find(|(column, width)| {
            **width == Some(widest) && matches!(fit(column.fit), Fit::Truncate(least) if widest > least)
        })?;
        *one.1 = Some(widest - 1);
    }
}

/// The titles.
pub(crate) fn header(columns: &[Column], layout: &Layout) -> String {
    let titles: Vec<String> = columns.iter().map(|column| column.title.to_owned()).collect();
    line(columns, layout, &titles)
}

/// One row, without style.
pub(crate) fn line(columns: &[Column], layout: &Layout, row: &[String]) -> String {
    cells(columns, layout, row).join(&" ".repeat(GAP)).trim_end().to_owned()
}

/// The cells of a row, padded or truncated to their columns.
pub(crate) fn cells(columns: &[Column], layout: &Layout, row: &[String]) -> Vec<String> {
    let shown = columns.iter().zip(layout).zip(row).filter_map(|((column, width), cell)| {
        width.map(|columns| match column.fit {
            Fit::Right => pad_left(&truncate(cell, columns), columns),
            Fit::Id => pad(
                &truncate(&if width_fits(cell, columns) { cell.clone() } else { short_id(cell) }, columns),
                columns,
            ),
            _ => pad(&truncate(cell, columns), columns),
        })
    });
    shown.collect()
}

fn width_fits(cell: &str, columns: usize) -> bool {
    width(cell) <= columns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_are_padded_or_tab_separated() {
        let rows = vec![vec!["a".to_owned(), "x".to_owned()], vec!["long".to_owned(), "y".to_owned()]];
        assert_eq!(lines(&["N", "V"], &rows, false), ["a\tx", "long\ty"]);
        let aligned = lines(&["N", "V"], &rows, true);
        assert_eq!(aligned[1..], ["a     x".to_owned(), "long  y".to_owned()]);
    }

    const COLUMNS: [Column; 5] = [
        Column::new("TIME", Fit::Whole),
        Column::new("TYPE", Fit::Truncate(6)),
        Column::new("MS", Fit::Right),
        Column::new("ID", Fit::Id),
        Column::optional("TARGET", Fit::Truncate(8)),
    ];

    fn row(cells: [&str; 5]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn least_important_columns_shrink_first() {
        let rows =
            [row(["14:30", "ticket.created", "7", "evt_ticket_created_1774583010044", "http://localhost/"])];
        let shown = |max_width| render(&COLUMNS, &rows, max_width).pop().unwrap();
        assert_eq!(
            shown(None),
            "14:30  ticket.created   7  evt_ticket_created_1774583010044  http://localhost/"
        );
        assert_eq!(shown(Some(70)), "14:30  ticket.cre…   7  evt_ticket_created_1774583010044  http://loca…");
        assert_eq!(shown(Some(52)), "14:30  ticket.created   7  …83010044  http://localh…");
        assert_eq!(shown(Some(46)), "14:30  ticket.cre…   7  …83010044  http://loc…");
        assert_eq!(shown(Some(24)), "14:…  tic…   7  …83…");
    }

    #[test]
    fn wide_characters_do_not_move_columns() {
        let rows = [row(["14:30", "日本語", "7", "e", "x"]), row(["14:30", "abc", "7", "e", "x"])];
        let lines = render(&COLUMNS, &rows, Some(80));
        let places: Vec<usize> = lines.iter().skip(1).map(|line| width(line)).collect();
        assert_eq!(places[0], places[1], "{lines:?}");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(
            cells in proptest::collection::vec(proptest::array::uniform5("[a-z日é]{0,30}"), 1..5), max_width in 40_usize..200,
        ) {
            let rows: Vec<Vec<String>> = cells.into_iter().map(|[_, fit, _, id, target]| {
                vec!["14:30".to_owned(), fit, "7".to_owned(), id, target]
            }).collect();
            for line in render(&COLUMNS, &rows, Some(max_width)) {
                prop_assert!(width(&line) <= max_width, "{line}");
            }
        }

        #[test]
        fn a_wider_terminal_shows_no_less(
            natural in proptest::array::uniform5(1_usize..60), max_width in 30_usize..200,
        ) {
            let columns = [
                Column::new("", Fit::Whole), Column::new("", Fit::Truncate(6)), Column::new("", Fit::Id),
                Column::optional("", Fit::Right), Column::optional("", Fit::Truncate(8)),
            ];
            let (narrow, wide) =
                (layout(&columns, &natural, Some(max_width)), layout(&columns, &natural, Some(max_width + 1)));
            prop_assert!(wide[2] >= narrow[2], "the id: {narrow:?} {wide:?}");
            for (narrow, wide) in narrow.iter().zip(&wide) {
                prop_assert!(narrow.is_none() || wide.is_some(), "{narrow:?} {wide:?}");
            }
        }
    }
}
