//! Which versions of a block do, as a process or package writes it.

use std::{fmt, sync::Arc};

use super::Version;

/// Which versions do: `1` is any 1.x.y; `^1.2` or `^1.2.3` is from that one on, as long as users need not change anything. As
/// long as the first number is 0, the second one says so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    text: Arc<str>,
    from: Version,
    below: Version,
}

impl Range {
    /// Reads it.
    pub fn parse(text: &str) -> Option<Range> {
        let wanted = text.strip_prefix('^');
        let numbers = wanted.unwrap_or(text).split('.').map(number).collect::<Option<Vec<u32>>>()?;
        let (from, only_major) = match (wanted.is_some(), numbers.as_slice()) {
            (false, &[major]) => (Version { major, minor: 0, patch: 0 }, true),
            (true, &[major, minor]) => (Version { major, minor, patch: 0 }, false),
            (true, &[major, minor, patch]) => (Version { major, minor, patch }, false),
            _ => return None,
        };
        let below = if from.major == 0 && !only_major {
            Version { major: 0, minor: from.minor.checked_add(1)?, patch: 0 }
        } else {
            Version { major: from.major.checked_add(1)?, minor: 0, patch: 0 }
        };
        Some(Range { text: text.into(), from, below })
    }

    /// Whether a version does.
    pub fn contains(&self, version: Version) -> bool {
        self.from <= version && version < self.below
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A number without a sign and without zeros before it: one range has one spelling.
fn number(text: &str) -> Option<u32> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(range: &str, inside: &[&str], outside: &[&str]) {
        let range = Range::parse(range).unwrap_or_else(|| panic!("{range}"));
        for (versions, expected) in [(inside, true), (outside, false)] {
            for version in versions {
                let does = range.contains(Version::parse(version).unwrap());
                assert_eq!(does, expected, "{range} {version}");
            }
        }
    }

    #[test]
    fn which_versions_do() {
        check("1", &["1.0.0", "1.9.9"], &["0.9.9", "2.0.0"]);
        check("0", &["0.0.0", "0.9.9"], &["1.0.0"]);
        check("^1.2", &["1.2.0", "1.10.0"], &["1.1.9", "2.0.0"]);
        check("^1.2.3", &["1.2.3", "1.3.0"], &["1.2.2", "2.0.0"]);
        check("^0.1", &["0.1.0", "0.1.7"], &["0.0.9", "0.2.0"]);
        for wrong in
            ["", "^", "^1", "1.2", "1.2.3", "01", "+1", "^1.02", "^1.2.3.4", "x", "4294967295", "-1", " 1"]
        {
            assert_eq!(Range::parse(wrong), None, "{wrong}");
        }
    }
}
