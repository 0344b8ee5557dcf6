//! Where the parts of the view are, for every size of a terminal.

use ratatui_core::layout::Rect;

/// Side by side from this width on.
const WIDE: u16 = 110;
/// One above the other from this height on; below it, only the pane with the focus is shown.
const HIGH: u16 = 14;
/// A pane with fewer rows has no title.
const TITLED: u16 = 4;

/// The parts; what has no room is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) header: Rect,
    pub(super) list_title: Rect,
    pub(super) list: Rect,
    /// Between the panes side by side.
    pub(super) divider: Rect,
    pub(super) details_title: Rect,
    pub(super) details: Rect,
    pub(super) message: Rect,
    pub(super) footer: Rect,
    pub(super) body: Rect,
    /// Columns and rows of the text of an overlay.
    pub(super) overlay: (usize, usize),
}

impl Layout {
    pub(super) fn list_rows(&self) -> usize {
        self.list.height.into()
    }

    pub(super) fn details_size(&self) -> (usize, usize) {
        (self.details.width.into(), self.details.height.into())
    }
}

pub(super) fn arrange((columns, rows): (u16, u16), with_details: bool, details_focused: bool) -> Layout {
    let mut rest = Rect::new(0, 0, columns, rows);
    let mut layout = Layout {
        header: take_top(&mut rest, if rows >= 16 { 2 } else { u16::from(rows >= 3) }),
        footer: take_bottom(&mut rest, u16::from(rows >= 5)),
        message: take_bottom(&mut rest, u16::from(rows >= 8)),
        ..Layout::default()
    };
    layout.body = rest;
    layout.overlay = (rest.width.into(), rest.height.saturating_sub(1).into());
    let (mut list, mut details) = match (with_details, details_focused) {
        (false, _) => (rest, Rect::default()),
        (true, _) if columns >= WIDE => {
            let width = (columns * 2 / 5).clamp(46, 76);
            layout.divider = Rect { x: width, width: 1, ..rest };
            let x = width + 2;
            (Rect { width, ..rest }, Rect { x, width: columns.saturating_sub(x), ..rest })
        }
        (true, _) if rest.height >= HIGH => {
            let mut below = rest;
            let list = take_top(&mut below, (rest.height / 3).max(TITLED));
            (list, below)
        }
        (true, true) => (Rect::default(), rest),
        (true, false) => (rest, Rect::default()),
    };
    layout.list_title = take_title(&mut list);
    layout.details_title = take_title(&mut details);
    (layout.list, layout.details) = (list, details);
    layout
}

fn take_title(pane: &mut Rect) -> Rect {
    let rows = u16::from(pane.height >= TITLED);
    take_top(pane, rows)
}

fn take_top(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    let part = Rect { height: rows, ..*rest };
    (rest.y, rest.height) = (rest.y + rows, rest.height - rows);
    part
}

fn take_bottom(rest: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(rest.height);
    rest.height -= rows;
    Rect { y: rest.y + rest.height, height: rows, ..*rest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_any_size_do_not_overlap() {
        for columns in [0, 1, 2, 20, 40, 80, 109, 110, 111, 200, 500] {
            for rows in 0..70 {
                for (open, focused) in [(false, false), (true, false), (true, true)] {
                    let layout = arrange((columns, rows), open, focused);
                    let Layout {
                        header,
                        list_title,
                        list,
                        divider,
                        details_title,
                        details,
                        message,
                        footer,
                        ..
                    } = layout;
                    let parts = [header, list_title, list, divider, details_title, details, message, footer];
                    let screen = Rect::new(0, 0, columns, rows);
                    for (at, part) in parts.iter().enumerate() {
                        assert_eq!(
                            part.intersection(screen).area(),
                            part.area(),
                            "{columns}x{rows} {layout:?}"
                        );
                        let mut others = parts.iter().skip(at + 1);
                        assert!(
                            !others.any(|other| part.area() > 0 && part.intersects(*other)),
                            "{columns}x{rows} {layout:?}"
                        );
                    }
                    assert!(rows == 0 || list.height + details.height > 0, "{columns}x{rows}");
                }
            }
        }
    }
}
