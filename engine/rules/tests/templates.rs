//! Templates: what is written, what is refused, and that no value becomes markup.

use fachwerk_rules::{
    Lang, Markup, Template, TemplateCode, TemplateError, Vars, date_text, money_text, number_text,
};
use serde_json::{Value, json};

fn case() -> Value {
    json!({
        "application": {
            "is_owner": false, "name": "Meyer", "area": 12.5, "period": "3 weeks", "nothing": null, "fee": 123450,
            "received": "2026-03-02", "at": "2026-03-02T09:15:00+01:00",
            "trees": [{ "height": 3, "kind": "oak" }, { "height": 7 }, { "height": 5, "kind": "a*sh" }],
            "kinds": ["a*", "b_"],
            "holes": ["a", null],
        },
        "n": 7,
    })
}

fn vars(data: &Value) -> Vars<'_> {
    data.as_object().expect("an object").iter().map(|(name, value)| (name.as_str(), value)).collect()
}

#[track_caller]
fn error_text(error: &TemplateError) -> String {
    assert_eq!(error.template, "letter");
    assert!(!error.message_de.is_empty());
    assert_ne!(error.message, error.message_de, "not translated");
    let code = match error.code {
        TemplateCode::LimitReached(limit) => format!("limit-reached[{}]", limit.name()),
        code => code.as_str().to_string(),
    };
    let place = |part: Option<usize>| part.map_or("-".to_string(), |part| part.to_string());
    let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({})", help.en));
    format!("{code} {}:{} {}{help}", place(error.line), place(error.column), error.message)
}

fn rendered(text: &str, lang: Lang, markup: Markup, data: &Value) -> Result<String, TemplateError> {
    Template::compile_as("letter", text, lang, markup)?.render(&vars(data))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let data = case();
    let result = rendered(text, Lang::De, Markup::Markdown, &data);
    assert_eq!(result.unwrap_or_else(|error| error_text(&error)), expected, "{text}");
}

#[test]
fn values_are_written_as_in_a_letter() {
    check("Frau {{ application.name }},", "Frau Meyer,");
    check("am {{ application.received | date }}", "am 2\\. März 2026");
    check("am {{ application.received | date(\"short\") }}", "am 02.03.2026");
    check("am {{ application.at | date(\"long\") }}", "am 2\\. März 2026");
    check("{{ application.fee | money }}", "1.234,50 €");
    check("{{ application.period | period }}", "3 Wochen");
    check("innerhalb von {{ application.period | period(\"within\") }}", "innerhalb von 3 Wochen");
    check("innerhalb von {{ \"1 month\" | period(\"within\") }}", "innerhalb von einem Monat");
    check("{{ \"5 Arbeitstage\" | period }}", "5 Arbeitstage");
    check("{{ application.name | period }}", "wrong-type 1:23 `period` needs a period like 3 weeks");
    check(
        "{{ application.period | period(\"long\") }}",
        "wrong-type 1:25 a period is written as it is, or \"within\"",
    );
    check("{{ application.fee | number }}", "123.450");
    check("{{ application.area }} m²", "12,5 m²");
    check("{{ n }} {{ application.is_owner }} {{ n > 3 }}", "7 nein ja");
    check("{{ application.kinds | join(\", \") }}", "a\\*, b\\_");
    check("{{ application.trees | map(attribute=\"height\") | join(\" und \") }}", "3 und 7 und 5");
    check("{{ application.trees | join(\" und \", attribute=\"height\") }}", "3 und 7 und 5");
    check(
        "{% for t in application.trees %}{{ loop.index }}) {{ t.height }} {{ t.kind | default(\"?\") }}\n{% endfor %}",
        "1) 3 oak\n2) 7 ?\n3) 5 a\\*sh\n",
    );
    check("{% if application.is_owner %}a{% else %}b{% endif %}", "b");
    check("{{ \"x\" if application.is_owner }}", "");
    check("{% macro m(a) %}<b>{{ a }}</b>{% endmacro %}{{ m(\"*\") }}", "<b>\\*</b>");
    check("{% set x %}{{ application.kinds[0] }}{% endset %}{{ x }}", "a\\*");
    let data = case();
    let english = |text| rendered(text, Lang::En, Markup::Markdown, &data).expect("a text");
    assert_eq!(english("on {{ application.received | date }}"), "on 2 March 2026");
    assert_eq!(english("{{ application.received | date(\"short\") }}"), "02/03/2026");
    assert_eq!(english("{{ application.fee | money }} {{ application.area }}"), "€1,234.50 12.5");
    assert_eq!(english("{{ application.is_owner }}"), "no");
    assert_eq!(english("{{ application.period | period }}"), "3 weeks");
    assert_eq!(english("within {{ \"1 Monat\" | period(\"within\") }}"), "within one month");
}

#[test]
fn dates_and_money() {
    for (iso, de, en) in [
        ("2026-03-02", Some("2. März 2026"), Some("2 March 2026")),
        ("2024-02-29", Some("29. Februar 2024"), Some("29 February 2024")),
        ("2026-12-31T23:59:59Z", Some("31. Dezember 2026"), Some("31 December 2026")),
        ("2026-02-29", None, None),
        ("1900-02-29", None, None),
        ("2026-13-01", None, None),
        ("2026-00-10", None, None),
        ("2.3.2026", None, None),
        ("2026-3-2", None, None),
        ("+026-03-02", None, None),
        ("2026-03-0２", None, None),
        ("", None, None),
    ] {
        assert_eq!(date_text(iso, Lang::De).as_deref(), de, "{iso}");
        assert_eq!(date_text(iso, Lang::En).as_deref(), en, "{iso}");
    }
    for (cents, de, en) in [
        (0, "0,00 €", "€0.00"),
        (5, "0,05 €", "€0.05"),
        (-5, "-0,05 €", "-€0.05"),
        (99_999, "999,99 €", "€999.99"),
        (100_000, "1.000,00 €", "€1,000.00"),
        (12_345_678_901, "123.456.789,01 €", "€123,456,789.01"),
        (i64::MIN, "-92.233.720.368.547.758,08 €", "-€92,233,720,368,547,758.08"),
    ] {
        assert_eq!(money_text(cents, Lang::De), de);
        assert_eq!(money_text(cents, Lang::En), en);
    }
    assert_eq!(number_text(-1_234_567, Lang::De), "-1.234.567");
    assert_eq!(number_text(999, Lang::En), "999");
}

#[test]
fn blanks_are_refused() {
    check(
        "Frau\n{{ application.nmae }}",
        "missing-value 2:16 `application.nmae` does not exist: `application` has no property `nmae` \
         (did you mean `name`?)",
    );
    check(
        "{{ applcation.name }}",
        "missing-value 1:4 there is no variable `applcation` (did you mean `application`?)",
    );
    check(
        "{{ application.nothing }}",
        "null-value 1:4 `application.nothing` is null; a letter cannot leave it blank (if it may be \
         missing, say what to write instead: `{{ application.nothing | default(\"…\") }}`)",
    );
    check(
        "{{ application.nothing | upper }}",
        "null-value 1:4 `application.nothing` is null; a letter cannot leave it blank (if it may be \
         missing, say what to write instead: `{{ application.nothing | default(\"…\") }}`)",
    );
    check(
        "{{ n }}{{ application.phone ~ \"x\" }}",
        "missing-value 1:23 `application.phone` does not exist: `application` has no property `phone` \
         (if it may be missing, say what to write instead: `{{ application.phone | default(\"…\") }}`)",
    );
    check(
        "{% if application.phone == \"1\" %}x{% endif %}",
        "missing-value 1:19 `application.phone` does not exist: `application` has no property `phone` \
         (if it may be missing, say what to write instead: `{{ application.phone | default(\"…\") }}`)",
    );
    check(
        "{% for t in application.trees %}{{ t.kind }}{% endfor %}",
        "missing-value 1:36 `t.kind` does not exist (if it may be missing, say what to write \
         instead: `{{ t.kind | default(\"…\") }}`)",
    );
    check(
        "{{ application.holes | join(\", \") }}",
        "null-value 1:24 `join(\", \")` joins values of which one is missing",
    );
    check(
        "{{ application.trees }}",
        "wrong-type 1:4 `application.trees` is a list or an object and cannot be written as text \
         (write its parts: `{{ application.trees | join(\", \") }}`, or a loop)",
    );
    // Unless the template says what to do.
    check("{{ application.phone | default(\"–\") }}", "–");
    check("{{ application.nothing | d(\"–\") }}", "–");
    check("{% if application.phone is defined %}a{% else %}b{% endif %}", "b");
    check("{% if application.nothing is defined %}a{% else %}b{% endif %}", "b");
}

#[test]
fn what_templates_refuse() {
    check("{{ n | uper }}", "unknown-filter 1:8 there is no filter `uper` (did you mean `upper`?)");
    check("{{ n is evn }}", "unknown-test 1:9 there is no test `evn` (did you mean `even`?)");
    check("{{ rnge(3) }}", "unknown-function 1:4 there is no function `rnge` (did you mean `range`?)");
    check("{{ debug() }}", "unknown-function 1:4 there is no function `debug`");
    check("{{ n | pprint }}", "unknown-filter 1:8 there is no filter `pprint`");
    for (tag, name) in [
        ("{% include \"x\" %}", "include"),
        ("{% extends \"x\" %}", "extends"),
        ("{% import \"x\" as y %}", "import"),
        ("{% from \"x\" import y %}", "from"),
        ("{% block x %}{% endblock %}", "block"),
        ("{% autoescape false %}{% endautoescape %}", "autoescape"),
    ] {
        check(tag, &format!("not-allowed 1:4 `{name}` is not available in templates"));
    }
    for text in ["{{ n is none }}", "{{ n == none }}"] {
        check(
            text,
            "not-allowed 1:9 templates treat null as missing; there is nothing to compare \
             (write `is defined`)",
        );
    }
    check("{{ n | date }}", "wrong-type 1:8 `date` needs a date like 2026-03-02");
    check("{{ application.name | money }}", "wrong-type 1:23 `money` needs a whole number of cents");
    check("{{ application.area | money }}", "wrong-type 1:23 `money` needs a whole number of cents");
    check("{{ n | default }}", "7");
    check(
        "{{ n ",
        "syntax 1:- the template cannot be read: unexpected end of input, expected end of variable block",
    );
}

#[test]
fn what_a_template_reads() {
    let template = Template::compile(
        "letter",
        "ä {{ a.b }} {{ a[\"c\"].d | upper }}\n{% for t in list %}{{ t.x }}{{ e }}{% endfor %}\
         {% if f is defined %}{% set g = 1 %}{{ g }}{% endif %}{{ h | default(i) }}",
        Lang::De,
    );
    let template = template.expect("a template");
    let reads: Vec<String> = template
        .variables()
        .iter()
        .map(|path| {
            let place = path.place();
            let optional = path.segments.iter().any(|segment| segment.optional);
            format!("{path}{} {:?}:{:?}", if optional { "?" } else { "" }, place.line, place.column)
                .replace("Some(", "")
                .replace(')', "")
        })
        .collect();
    assert_eq!(reads, ["a.b 1:6", "a.c.d 1:16", "list 2:13", "e 2:32", "f? 2:54", "h? 2:105", "i 2:117"]);
}

/// Each line of the value comes back as text, whatever it says.
#[test]
fn values_cannot_be_markup() {
    for (value, expected) in [
        ("Meyer & Söhne", "Meyer &amp; Söhne"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert\\(1\\)&lt;/script&gt;"),
        ("\" onclick='x'", "&quot; onclick=&#39;x&#39;"),
        ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
        ("[a](b) ![c](d)", "\\[a\\]\\(b\\) \\!\\[c\\]\\(d\\)"),
        ("a\\", "a\\\\"),
        ("a | b", "a \\| b"),
        ("# a", "\\# a"),
        ("a # b", "a # b"),
        ("- a", "\\- a"),
        ("-", "\\-"),
        ("---", "\\---"),
        ("-5", "-5"),
        ("+ a", "\\+ a"),
        ("===", "\\==="),
        ("1. a", "1\\. a"),
        ("12.", "12\\."),
        ("12.03.2026", "12.03.2026"),
        ("1) a", "1\\) a"),
        ("> a", "&gt; a"),
        ("a\nb", "a\\\nb"),
        ("a\r\n\r\n\r\n# b", "a\\\n\\# b"),
        ("    code", " code"),
        ("a\n\tcode", "a\\\ncode"),
        ("a\u{0}\u{202e}b", "ab"),
        ("", ""),
        ("\n\n", " "),
        ("{{ n }} {% if %}", "\\{\\{ n \\}\\} \\{% if %\\}"),
        ("&amp;", "&amp;amp;"),
    ] {
        let data = json!({ "v": value });
        let result = rendered("{{ v }}", Lang::De, Markup::Markdown, &data);
        assert_eq!(result.as_deref(), Ok(expected), "{value:?}");
        // Plain text stays as it is, and markup passes only on demand.
        assert_eq!(rendered("{{ v }}", Lang::De, Markup::Plain, &data).as_deref(), Ok(value));
        assert_eq!(rendered("{{ v | safe }}", Lang::De, Markup::Markdown, &data).as_deref(), Ok(value));
    }
}

/// A Markdown reader sees the text of the value and nothing else, whatever its characters.
#[test]
fn random_values_cannot_be_markup() {
    let seed = std::env::var("FACHWERK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
    println!("FACHWERK_SEED={seed}");
    let mut random = Random(seed);
    // What the value stands in, and what the reader sees of that.
    for (text, before, between) in
        [("{{ a }}{{ b }}", "", ""), ("x {{ a }}{{ b }}", "x ", ""), ("- {{ a }} {{ b }}", "", " ")]
    {
        let template = Template::compile("letter", text, Lang::De).expect("a template");
        for _ in 0..4_000 {
            let (a, b) = (random.text(), random.text());
            let data = json!({ "a": a, "b": b });
            let markdown = template.render(&vars(&data)).expect("texts can be written");
            let seen = words(&read(&markdown));
            let expected = words(&format!("{before}{a}{between}{b}"));
            assert_eq!(seen, expected, "seed {seed}: {a:?} and {b:?} in {text:?} are {markdown:?}");
        }
    }
}

/// The text of a single paragraph; anything else is reported as a tag.
fn read(markdown: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::HardBreak => text.push('\n'),
            Event::Start(Tag::Paragraph | Tag::List(None) | Tag::Item)
            | Event::End(TagEnd::Paragraph | TagEnd::List(false) | TagEnd::Item) => {}
            other => text.push_str(&format!("[{other:?}]")),
        }
    }
    text
}

/// Space is not what this is about.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// xorshift64*; the crate itself has no randomness.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d);
        usize::try_from(value >> 33).unwrap_or(0) % end
    }

    fn text(&mut self) -> String {
        let parts: Vec<char> = "ab1 \n\t#*_-+=.:)(][<>!|~`'\"\\&;{}^$/%@,?".chars().collect();
        let length = self.below(9);
        (0..length).map(|_| parts[self.below(parts.len())]).collect()
    }
}
