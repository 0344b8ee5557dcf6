//! A table of medians, each with its smallest and largest value.

#[derive(Default)]
pub(crate) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<Vec<f64>>)>,
}

impl Table {
    pub(crate) fn add(&mut self, row: &str, column: &'static str, value: f64) {
        let column = self.columns.iter().position(|name| *name == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        });
        let row = self.rows.iter().position(|(name, _)| name == row).unwrap_or_else(|| {
            self.rows.push((row.to_owned(), Vec::new()));
            self.rows.len() - 1
        });
        let cells = &mut self.rows[row].1;
        cells.resize_with(cells.len().max(column + 1), Vec::new);
        cells[column].push(value);
    }

    pub(crate) fn print(&self, title: &str) {
        println!("\n{title}");
        print!("{:<24}", "");
        self.columns.iter().for_each(|name| print!(" {name:>20}"));
        println!();
        for (name, cells) in &self.rows {
            let line: String = cells.iter().map(|values| format!(" {:>20}", cell(values))).collect();
            println!("{name:<24}{}", line.trim_end());
        }
    }
}

fn cell(values: &[f64]) -> String {
    let of = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick);
    match (of(f64::min), of(f64::max)) {
        (Some(least), Some(most)) if values.len() > 1 => {
            let middle = super::median(values.to_vec());
            format!("{} ({}-{})", short(middle), short(least), short(most))
        }
        (Some(only), _) => short(only),
        _ => String::new(),
    }
}

fn short(number: f64) -> String {
    match number.abs() {
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        1.0.. => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}
