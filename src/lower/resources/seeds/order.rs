//! In which order rows can be written, and whether all of them can be.

use std::collections::HashMap;

use super::Bed;

impl Bed<'_> {
    /// No two rows have what only one may have.
    pub(super) fn tell_apart(&mut self) {
        if !self.problems.is_empty() {
            return; // Values are missing.
        }
        for (id, rows) in self.by_resource.clone() {
            for set in self.unique(id, self.service[id].primary_key()) {
                let mut seen = HashMap::new();
                for row in &rows {
                    let values: Vec<_> = set.iter().map(|i| &self.rows[*row].values[*i]).collect();
                    if values.iter().any(|value| value.is_null()) {
                        continue;
                    }
                    let text = format!("{values:?}");
                    if seen.insert(text, *row).is_some() {
                        self.twice(*row, &set);
                    }
                }
            }
        }
    }

    fn twice(&mut self, row: usize, set: &[usize]) {
        let resource = &self.service[self.rows[row].resource];
        let names: Vec<String> = set
            .iter()
            .filter_map(|i| resource.columns[*i].said())
            .collect();
        let (names, path) = (names.join("`, `"), &resource.path);
        match self.rows[row].is_made_up() {
            true => {
                let message = format!("rows of `{path}` that are made up would share `{names}`");
                let hint = "ask for fewer, or write the rows out".to_owned();
                self.problem_of(row, None, message, Some(hint));
            }
            false => {
                let message = format!("an earlier row of `{path}` has the same `{names}`");
                self.problem_of(row, None, message, None);
            }
        }
    }

    /// The rows, each after those that it names.
    pub(super) fn order(&mut self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut is_placed = vec![false; self.rows.len()];
        loop {
            let before = order.len();
            for (index, row) in self.rows.iter().enumerate() {
                if !is_placed[index] && row.after.iter().all(|needed| is_placed[*needed]) {
                    is_placed[index] = true;
                    order.push(index);
                }
            }
            if order.len() == before {
                break;
            }
        }
        if let Some(stuck) = is_placed.iter().position(|is_placed| !is_placed) {
            let message = "the row names others that name it: none of them can be written first";
            self.problem_of(stuck, None, message, None);
        }
        order
    }
}
