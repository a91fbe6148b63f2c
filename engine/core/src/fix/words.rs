//! What is written in another way than files are: slips in names, words and signs of other languages, layout.

use super::{
    Fix, Position,
    propose::{Here, is_named, value_at, value_of},
    source::Source,
};

impl Here<'_> {
    /// A word that can only be a slip. It must stand there as it was found, and once.
    pub fn slip(&self) -> Option<Fix> {
        let (found, meant) = self.problem.meant.as_ref()?;
        // Which law holds is not guessed.
        let of_law = matches!(self.problem.code, "unknown_law" | "unknown_sphere");
        if of_law && found.to_lowercase() != meant.to_lowercase() {
            return None;
        }
        let part = self.part()?;
        let at = part.start + only_once(&self.source.text()[part.clone()], found)?;
        let edit = self.replaced(at..at + found.len(), meant)?;
        self.fix(
            vec![edit],
            format!("„{found}“ in „{meant}“ ändern."),
            format!("Change `{found}` to `{meant}`."),
        )
    }

    /// What is said more often than its name is written has a slip in its name.
    pub fn name_of_slip(&self) -> Option<Fix> {
        let (found, meant) = self.problem.meant.as_ref()?;
        let texts =
            || self.folder.files.keys().filter_map(|path| Source::of(self.folder, path).zip(Some(path)));
        // A step is `fire-brigade` where it is written and led to, and `steps.fire_brigade` where it is read.
        let (found_forms, meant_forms) = (forms(found), forms(meant));
        let said: usize = texts()
            .map(|(source, _)| {
                found_forms.iter().map(|it| places(source.text(), it, "_-").count()).sum::<usize>()
            })
            .sum();
        let mut named = texts().flat_map(|(source, path)| {
            let forms = meant_forms.iter().zip(&found_forms);
            let at = forms.flat_map(|(form, right)| {
                places(source.text(), form, "_-")
                    .map(|at| (path.clone(), at, right.clone()))
                    .collect::<Vec<_>>()
            });
            at.collect::<Vec<_>>()
        });
        let (path, at, right) = named.next()?;
        if named.next().is_some() || said < 2 {
            return None;
        }
        let source = Source::of(self.folder, &path)?;
        let edit = source.edit(&self.folder.file_name(&path), at..at + meant.len(), &right)?;
        self.fix(
            vec![edit],
            format!("„{meant}“ in „{right}“ ändern; so heißt es überall sonst."),
            format!("Change `{meant}` to `{right}`, as it is said everywhere else."),
        )
    }

    /// A text in a cell of a table, without its quotes.
    pub fn cell(&self) -> Option<Fix> {
        let tree = self.tree()?;
        let way = value_at(&tree, &self.problem.span)?;
        let [rows, _, when, _] = way.as_slice() else { return None };
        let word = value_of(&way)?.as_text()?;
        let is_word = word.chars().all(|sign| sign.is_alphanumeric() || "_-".contains(sign))
            && word.starts_with(char::is_alphabetic);
        if !is_named(rows, "rows") || !is_named(when, "when") || !is_word {
            return None;
        }
        let begin = self.source.offset(Position::of(&self.problem.span))?;
        let is_plain = self.source.text()[begin..].starts_with(&**word);
        let edit = is_plain.then(|| self.replaced(begin..begin + word.len(), &format!("'\"{word}\"'")))??;
        self.fix(
            vec![edit],
            format!("„{word}“ als Text schreiben: mit doppelten Anführungszeichen."),
            format!("Write `{word}` as a text: with double quotes."),
        )
    }

    /// A rule with the words and signs of other languages.
    pub fn rule(&self) -> Option<Fix> {
        let part = self.part()?;
        let written = &self.source.text()[part.clone()];
        let rule = as_rule(written);
        if rule == written {
            return None;
        }
        self.fix(
            vec![self.replaced(part, &rule)?],
            "Die Zeichen der Regeln verwenden: „&&“ für und, „||“ für oder, „!“ für nicht, „==“ für gleich.",
            "Use the signs of rules: `&&` for and, `||` for or, `!` for not, `==` for equal.",
        )
    }

    pub fn version(&self) -> Option<Fix> {
        let part = self.part()?;
        let written = &self.source.text()[part.clone()];
        let numbers: Vec<&str> = written.split('.').collect();
        let all = numbers.iter().all(|it| !it.is_empty() && it.chars().all(|sign| sign.is_ascii_digit()));
        if !all || numbers.len() > 2 {
            return None;
        }
        let version = format!("{written}{}", ".0".repeat(3 - numbers.len()));
        self.fix(
            vec![self.replaced(part, &version)?],
            format!("Die Version mit drei Zahlen schreiben: „{version}“."),
            format!("Write the version with three numbers: `{version}`."),
        )
    }

    /// A name as names are written. Whoever else says it in any file would not know it any more.
    pub fn name(&self, joiner: char) -> Option<Fix> {
        let part = self.part()?;
        let written = self.source.text()[part.clone()].to_owned();
        let named = as_name(&written, joiner);
        let texts = self.folder.files.values().filter_map(|bytes| std::str::from_utf8(bytes).ok());
        let times: usize = texts.map(|text| text.matches(&*written).count()).sum();
        if named.is_empty() || named == written || times != 1 {
            return None;
        }
        self.fix(
            vec![self.replaced(part, &named)?],
            format!("„{written}“ in „{named}“ ändern."),
            format!("Change `{written}` to `{named}`."),
        )
    }

    /// Lines that are indented with tabs.
    pub fn tabs(&self) -> Option<Fix> {
        let edit = |number: u32, line: &str| {
            let indent = &line[..line.len() - line.trim_start_matches([' ', '\t', '\u{a0}']).len()];
            let spaces = indent.replace('\t', "  ").replace('\u{a0}', " ");
            let begin = self.source.offset(Position { line: number, column: 1 })?;
            (spaces != indent).then(|| self.replaced(begin..begin + indent.len(), &spaces))?
        };
        let lines = (1..).zip(self.source.text().lines());
        self.fix(
            lines.filter_map(|(number, line)| edit(number, line)).collect(),
            "Mit Leerzeichen statt Tabulatoren einrücken.",
            "Indent with blanks instead of tabs.",
        )
    }

    /// Items of a list that begin with a dash of prose.
    pub fn dashes(&self) -> Option<Fix> {
        let dash = |line: &str| line.trim_start().starts_with(['–', '—']);
        let indent = |line: &str| line.len() - line.trim_start().len();
        // What is read as more of a line is told at the one that follows.
        let told = self.problem.span.line;
        let first =
            [told, told.saturating_sub(1)].into_iter().find(|it| self.source.line(*it).is_some_and(dash))?;
        let depth = indent(self.source.line(first)?);
        let lines = (first..).map_while(|number| Some((number, self.source.line(number)?)));
        let list = lines.take_while(|(_, line)| line.trim().is_empty() || indent(line) >= depth);
        let edit = |(number, line): (u32, &str)| {
            let begin = self.source.offset(Position { line: number, column: 1 })? + depth;
            let sign = line.trim_start().chars().next()?;
            self.replaced(begin..begin + sign.len_utf8(), "-")
        };
        self.fix(
            list.filter(|(_, line)| indent(line) == depth && dash(line)).filter_map(edit).collect(),
            "Aufzählungen mit „-“ schreiben, nicht mit einem Gedankenstrich.",
            "Write lists with `-`, not with a dash.",
        )
    }

    /// The line that begins a second document.
    pub fn mark(&self) -> Option<Fix> {
        let line = self.problem.span.line;
        let begin = self.source.offset(Position { line, column: 1 })?;
        let written = self.source.line(line)?;
        let end = begin
            + written.len()
            + usize::from(self.source.text()[begin + written.len()..].starts_with('\n'));
        if written.trim_end() != "---" {
            return None;
        }
        self.fix(vec![self.replaced(begin..end, "")?], "Die Zeile „---“ streichen.", "Delete the line `---`.")
    }
}

/// Where a word stands in a text, when it does once.
fn only_once(text: &str, word: &str) -> Option<usize> {
    let mut places = places(text, word, "_");
    places.next().filter(|_| places.next().is_none())
}

/// A name as steps have it, and as rules read it; the same once where both are one.
fn forms(name: &str) -> Vec<String> {
    let all = [name.replace('_', "-"), name.replace('-', "_")];
    let different = if all[0] == all[1] { 1 } else { 2 };
    all.into_iter().take(different).collect()
}

/// Where a word stands in a text by itself; `signs` are part of words.
fn places<'t>(text: &'t str, word: &'t str, signs: &'static str) -> impl Iterator<Item = usize> + 't {
    let of_word = move |sign: char| sign.is_alphanumeric() || signs.contains(sign);
    let whole =
        move |at: &usize| !text[..*at].ends_with(of_word) && !text[at + word.len()..].starts_with(of_word);
    text.match_indices(word).map(|(at, _)| at).filter(whole)
}

/// Lower-case letters, digits and a joiner.
fn as_name(written: &str, joiner: char) -> String {
    let mut named = String::new();
    for sign in written.chars().flat_map(char::to_lowercase) {
        match sign {
            'ä' => named.push_str("ae"),
            'ö' => named.push_str("oe"),
            'ü' => named.push_str("ue"),
            'ß' => named.push_str("ss"),
            sign if sign.is_ascii_alphanumeric() => named.push(sign),
            _ => named.push(joiner),
        }
    }
    named
}

/// A rule in its own signs, as far as they follow from what is written; texts in it stay as they are.
fn as_rule(written: &str) -> String {
    let mut rule = String::new();
    let mut within = false;
    let mut rest = written;
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    while let Some(sign) = rest.chars().next() {
        within ^= sign == '"';
        let word = &rest[..rest.find(|sign| !is_name(sign)).unwrap_or(rest.len())];
        let (taken, instead) = match (word, sign) {
            _ if within => (sign.len_utf8(), None),
            ("and" | "und" | "AND" | "UND", _) => (word.len(), Some("&&")),
            ("or" | "oder" | "OR" | "ODER", _) => (word.len(), Some("||")),
            ("not" | "nicht" | "NOT" | "NICHT", _) => {
                let blanks = rest[word.len()..].len() - rest[word.len()..].trim_start().len();
                (word.len() + blanks, Some("!"))
            }
            ("", '„' | '“' | '”') => (sign.len_utf8(), Some("\"")),
            ("", '=' | '!' | '<' | '>') => {
                let signs = &rest[..rest.find(|sign| !"=!<>".contains(sign)).unwrap_or(rest.len())];
                (signs.len(), Some(if signs == "=" { "==" } else { signs }))
            }
            ("", _) => (sign.len_utf8(), None),
            (word, _) => (word.len(), None),
        };
        rule.push_str(instead.unwrap_or(&rest[..taken]));
        rest = &rest[taken..];
    }
    rule
}
