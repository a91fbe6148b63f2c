//! Reads Rust well enough for the rules: what is code, what is a string, what is only there for tests.

/// A string literal as it stands in the source, with its escapes.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// From 1.
    pub line: usize,
    pub text: String,
}

/// A source with its parts told apart. All texts have the same number of lines as the source.
#[derive(Debug, Default)]
pub struct Rust {
    /// Comments and the insides of literals are spaces.
    pub code: String,
    /// As `code`, and what stands under `#[cfg(test)]` is spaces too.
    pub shipped: String,
    /// Literals outside `#[cfg(test)]`.
    pub literals: Vec<Literal>,
    /// Names of modules in files of their own that only tests have: `#[cfg(test)] mod NAME;`.
    pub test_modules: Vec<String>,
}

impl Rust {
    pub fn read(text: &str) -> Rust {
        let (code, literals) = Reader::new(text).read();
        let (shipped, test_modules) = without_tests(&code);
        let is_shipped = |literal: &Literal| {
            // Quotation marks stay in the code, so the line of a literal that is shipped holds one.
            shipped.lines().nth(literal.line - 1).is_some_and(|line| line.contains('"'))
        };
        let literals = literals.into_iter().filter(is_shipped).collect();
        Rust { code, shipped, literals, test_modules }
    }
}

struct Reader {
    text: Vec<char>,
    at: usize,
    code: String,
    literals: Vec<Literal>,
    line: usize,
}

impl Reader {
    fn new(text: &str) -> Reader {
        Reader { text: text.chars().collect(), at: 0, code: String::new(), literals: Vec::new(), line: 1 }
    }

    fn read(mut self) -> (String, Vec<Literal>) {
        while let Some(next) = self.peek(0) {
            match next {
                '/' if self.peek(1) == Some('/') => self.blank_until(|reader| reader.peek(0) == Some('\n')),
                '/' if self.peek(1) == Some('*') => self.block_comment(),
                '"' => self.string(),
                'r' if !self.in_word() => self.raw_string_or_word(),
                // `b'x'`, `br"x"`, `c"x"`: the letter is code, the rest is read as without it.
                'b' | 'c' if !self.in_word() && matches!(self.peek(1), Some('"' | '\'')) => self.keep(),
                'b' | 'c' if !self.in_word() && self.peek(1) == Some('r') => {
                    self.keep();
                    self.raw_string_or_word();
                }
                '\'' => self.character_or_lifetime(),
                _ => self.keep(),
            }
        }
        (self.code, self.literals)
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn in_word(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.text.get(at));
        before.is_some_and(|c| c.is_alphanumeric() || *c == '_')
    }

    fn keep(&mut self) {
        if let Some(next) = self.peek(0) {
            self.code.push(next);
            self.line += usize::from(next == '\n');
            self.at += 1;
        }
    }

    fn blank(&mut self) {
        if let Some(next) = self.peek(0) {
            self.code.push(if next == '\n' { '\n' } else { ' ' });
            self.line += usize::from(next == '\n');
            self.at += 1;
        }
    }

    fn blank_until(&mut self, end: impl Fn(&Reader) -> bool) {
        while self.peek(0).is_some() && !end(self) {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let (line, start) = (self.line, self.at + 1);
        self.keep();
        while let Some(next) = self.peek(0) {
            match next {
                '\\' => {
                    self.blank();
                    self.blank();
                }
                '"' => break,
                _ => self.blank(),
            }
        }
        self.literals.push(Literal { line, text: self.text[start..self.at].iter().collect() });
        self.keep();
    }

    fn raw_string_or_word(&mut self) {
        let hashes = self.text[self.at + 1..].iter().take_while(|c| **c == '#').count();
        self.keep();
        if self.peek(hashes) != Some('"') {
            return;
        }
        for _ in 0..hashes {
            self.keep();
        }
        let (line, start) = (self.line, self.at + 1);
        self.keep();
        let closes = |reader: &Reader| {
            reader.peek(0) == Some('"') && (1..=hashes).all(|ahead| reader.peek(ahead) == Some('#'))
        };
        self.blank_until(closes);
        self.literals.push(Literal { line, text: self.text[start..self.at].iter().collect() });
        for _ in 0..=hashes {
            self.keep();
        }
    }

    fn character_or_lifetime(&mut self) {
        self.keep();
        if self.peek(0) == Some('\\') {
            self.blank();
            self.blank();
            self.blank_until(|reader| reader.peek(0) == Some('\''));
            self.keep();
        } else if self.peek(1) == Some('\'') {
            self.blank();
            self.keep();
        }
    }
}

/// Blanks every item under `#[cfg(test)]`; names the modules that are files of their own.
fn without_tests(code: &str) -> (String, Vec<String>) {
    const MARK: &str = "#[cfg(test)]";
    let (mut shipped, mut modules) = (String::with_capacity(code.len()), Vec::new());
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        let (before, from_mark) = rest.split_at(start);
        let end = end_of_item(from_mark);
        let (item, after) = from_mark.split_at(end);
        shipped.push_str(before);
        shipped.extend(item.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        if let Some(declared) = item.trim_end().strip_suffix(';')
            && let Some((_, name)) = declared.rsplit_once("mod ")
        {
            modules.push(name.trim().to_owned());
        }
        rest = after;
    }
    shipped.push_str(rest);
    (shipped, modules)
}

/// Where the item ends that begins the text: behind its `;`, or behind the brace that closes its first one.
fn end_of_item(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, next) in text.char_indices() {
        match next {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: &str, literals: &[(usize, &str)]) {
        let rust = Rust::read(text);
        assert_eq!(rust.code, code);
        let found: Vec<(usize, &str)> = rust.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
        assert_eq!(found, literals);
    }

    #[test]
    fn comments_are_no_code() {
        check("a // b\nc", "a     \nc", &[]);
        check("a /* b /* \" */\n*/ c", &format!("a {}\n   c", " ".repeat(12)), &[]);
    }

    #[test]
    fn strings_are_no_code() {
        check(
            r#"f("a\"b", 'x', '\'', '"', "c")"#,
            r#"f("    ", ' ', '  ', ' ', " ")"#,
            &[(1, r#"a\"b"#), (1, "c")],
        );
        check("r#\"a \"b\"\n c\"# d", "r#\"     \n  \"# d", &[(1, "a \"b\"\n c")]);
        check("br\"a\\\" b\"c\" r#type for", "br\"  \" b\" \" r#type for", &[(1, "a\\"), (1, "c")]);
        check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)", &[]);
        check("\n\"\n\" \"b\"", "\n\"\n\" \" \"", &[(2, "\n"), (3, "b")]);
    }

    #[test]
    fn what_is_only_for_tests_is_not_shipped() {
        let rust =
            Rust::read("fn a() { \"1\" }\n#[cfg(test)]\nmod tests {\n fn b() { \"2\" }\n}\nfn c() {}\n");
        assert_eq!(
            rust.shipped,
            "fn a() { \" \" }\n            \n           \n               \n \nfn c() {}\n"
        );
        assert_eq!(rust.literals, [Literal { line: 1, text: "1".to_owned() }]);

        let rust = Rust::read("#[cfg(test)]\npub mod test_server;\nmod b;");
        assert_eq!(rust.test_modules, ["test_server"]);
        assert_eq!(rust.shipped.trim(), "mod b;");
    }
}
