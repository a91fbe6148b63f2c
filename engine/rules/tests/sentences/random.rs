//! Every tree of the profile is written as a rule that is read back as the same tree, in any layout.

use fachwerk_rules::{
    Comparison, Condition, DayPart, Direction, Extreme, Lang, Literal, Member, Operator, Part, Path,
    Quantity, Rounding, RuleCode, Term, Types,
};
use proptest::prelude::*;
use proptest::sample::select;

/// The name of a list's entry, where a condition stands within one.
const ENTRY: &str = "tree";

fn field(root: &str, members: &[&str]) -> Term {
    Term::Field(Path::new(root, members.iter().copied()))
}

/// `root.a?.b`: what lies before the last member may be missing.
fn guarded(root: &str, members: &[&str]) -> Path {
    let mut path = Path::new(root, members.iter().copied());
    if let Some(Member { guarded, .. }) = path.members.last_mut() {
        *guarded = true;
    }
    path
}

fn text_literal() -> impl Strategy<Value = Term> {
    "[ -~äß\n\t\"\\\\€]{0,12}".prop_map(|text| Term::Literal(Literal::Text(text)))
}

fn number_literal() -> impl Strategy<Value = i64> {
    prop_oneof![-1000..1000_i64, (i64::MIN + 1)..=i64::MAX]
}

fn day(depth: u32) -> BoxedStrategy<Term> {
    let leaf = prop_oneof![
        Just(field("application", &["received"])),
        Just(field("today", &[])),
        (1000..3000_i32, 1..=12_i32, 1..=28_i32).prop_map(|(year, month, day)| Term::Literal(Literal::Text(
            format!("{year}-{month:02}-{day:02}")
        ))),
        Just(Term::Else {
            field: guarded("steps", &["draft", "sent_on"]),
            or: Literal::Text("2026-01-01".into())
        }),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let period = prop_oneof![
        Just(field("settings", &["period"])),
        (1..30_u8).prop_map(|count| Term::Literal(Literal::Text(format!("{count} weeks")))),
    ];
    let moved = (day(depth - 1), select(vec![Direction::Later, Direction::Earlier]), period);
    let moved = moved.prop_map(|(day, direction, period)| Term::Moved {
        day: Box::new(day),
        direction,
        period: Box::new(period),
    });
    prop_oneof![3 => leaf, 1 => moved].boxed()
}

fn number(depth: u32, inside: bool) -> BoxedStrategy<Term> {
    let mut fields = vec![
        field("application", &["pile_height"]),
        field("application", &["visitors"]),
        field("application", &["fee"]),
        field("settings", &["most"]),
    ];
    if inside {
        fields.push(field(ENTRY, &["height"]));
    }
    let leaf = prop_oneof![
        number_literal().prop_map(|number| Term::Literal(Literal::Number(number))),
        select(fields),
        number_literal().prop_map(|number| Term::Else {
            field: guarded("application", &["depth"]),
            or: Literal::Number(number),
        }),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = || number(depth - 1, inside).prop_map(Box::new);
    let trees = || Box::new(field("application", &["trees"]));
    let operator = select(vec![
        Operator::Plus,
        Operator::Minus,
        Operator::Times,
        Operator::DividedBy,
        Operator::Remainder,
    ]);
    let part = select(vec![DayPart::Year, DayPart::Month, DayPart::Weekday]);
    let way = select(vec![Rounding::Down, Rounding::Up, Rounding::HalfUp]);
    let of = number(depth - 1, true).prop_map(|value| Term::Sum {
        list: Box::new(field("application", &["trees"])),
        of: Some(Box::new(Part { entry: ENTRY.into(), value })),
    });
    prop_oneof![
        6 => leaf,
        4 => (inner(), operator, inner())
            .prop_map(|(left, operator, right)| Term::Calculated { left, operator, right }),
        1 => (day(1), day(1))
            .prop_map(|(from, to)| Term::DaysBetween { from: Box::new(from), to: Box::new(to) }),
        1 => (part, day(1)).prop_map(|(part, day)| Term::PartOfDay { part, day: Box::new(day) }),
        1 => Just(Term::Count(trees())),
        1 => Just(Term::Count(Box::new(field("application", &["name"])))),
        1 => condition(depth - 1, true).prop_map(move |meet| Term::CountOf {
            list: trees(),
            entry: ENTRY.into(),
            meet: Box::new(meet),
        }),
        1 => of,
        1 => (inner(), way, inner()).prop_map(|(value, way, to)| Term::Rounded { value, way, to }),
        1 => (select(vec![Extreme::Least, Extreme::Greatest]), inner(), inner())
            .prop_map(|(which, left, right)| Term::Extreme { which, left, right }),
    ]
    .boxed()
}

fn comparison() -> impl Strategy<Value = Comparison> {
    select(vec![
        Comparison::Is,
        Comparison::IsNot,
        Comparison::LessThan,
        Comparison::AtMost,
        Comparison::MoreThan,
        Comparison::AtLeast,
    ])
}

fn kinds() -> impl Strategy<Value = Literal> {
    select(vec!["oak", "ash", "other"]).prop_map(|id| Literal::Text(id.into()))
}

fn statement(depth: u32, inside: bool) -> BoxedStrategy<Condition> {
    let compared = |(left, is, right)| Condition::Compare { left, is, right };
    let mut truths = vec![field("application", &["is_owner"]), field("application", &["insured"])];
    let mut choices = vec![field("application", &["wood"])];
    if inside {
        truths.push(field(ENTRY, &["felled"]));
        choices.push(field(ENTRY, &["kind"]));
    }
    truths.push(Term::Else { field: guarded("steps", &["draft", "again"]), or: Literal::Boolean(false) });
    truths.push(Term::Literal(Literal::Boolean(true)));
    let choices = select(choices);
    let optional = select(vec![
        guarded("application", &["email"]),
        guarded("application", &["depth"]),
        guarded("steps", &["draft", "outcome"]),
        guarded("steps", &["draft", "sent_on"]),
    ]);
    let texts = prop_oneof![
        Just(field("application", &["name"])),
        Just(Term::Else { field: guarded("application", &["email"]), or: Literal::Text(String::new()) }),
    ];
    let number = move || number(depth, inside);
    prop_oneof![
        select(truths).prop_map(Condition::Holds),
        (number(), comparison(), number()).prop_map(compared),
        (day(1), comparison(), day(1)).prop_map(compared),
        (texts, comparison(), text_literal()).prop_map(compared),
        (
            Just(Term::Field(guarded("steps", &["draft", "again"]))),
            select(vec![Comparison::Is, Comparison::IsNot]),
            any::<bool>()
        )
            .prop_map(move |(left, is, truth)| compared((
                left,
                is,
                Term::Literal(Literal::Boolean(truth))
            ))),
        (number(), number(), number()).prop_map(|(value, from, to)| Condition::Between { value, from, to }),
        (choices, proptest::collection::vec(kinds(), 0..4))
            .prop_map(|(value, of)| Condition::OneOf { value, of }),
        kinds().prop_map(|part| Condition::Contains {
            whole: field("application", &["kinds"]),
            part: Term::Literal(part),
        }),
        select(vec!["kinds", "trees", "name"])
            .prop_map(|name| Condition::Empty(field("application", &[name]))),
        optional.prop_map(|path| Condition::Present(Term::Field(path))),
    ]
    .boxed()
}

fn condition(depth: u32, inside: bool) -> BoxedStrategy<Condition> {
    if depth == 0 {
        return statement(0, inside);
    }
    let inner = || condition(depth - 1, inside);
    let some = || proptest::collection::vec(condition(depth - 1, inside), 2..4);
    // Within an entry another list would hide the name of the first.
    let entries = if inside {
        inner()
    } else {
        (select(vec![Quantity::Some, Quantity::All]), condition(depth - 1, true))
            .prop_map(|(quantity, meet)| Condition::Entries {
                list: field("application", &["trees"]),
                quantity,
                entry: ENTRY.into(),
                meet: Box::new(meet),
            })
            .boxed()
    };
    prop_oneof![
        2 => statement(depth - 1, inside),
        1 => some().prop_map(Condition::all),
        1 => some().prop_map(Condition::any),
        1 => inner().prop_map(|inner| !inner),
        1 => entries,
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn written_and_read_back(tree in condition(2, false)) {
        let (sandbox, vocabulary) = (super::sandbox(), super::vocabulary());
        let text = tree.to_rhai();
        let compiled = sandbox.expression_types(&text, &vocabulary);
        // What fails in every case is refused, whatever it says.
        let fails = |types: &Types| types.problems.iter().any(|problem| problem.code == RuleCode::AlwaysFails);
        prop_assume!(!compiled.as_ref().is_ok_and(fails));
        prop_assert_eq!(sandbox.condition(&text, &vocabulary), Some(tree.clone()), "{}\n{:?}", text, compiled);
        // Layout and superfluous parentheses mean nothing.
        let spaced = format!("\n\t( {text} )  // as before");
        prop_assert_eq!(sandbox.condition(&spaced, &vocabulary), Some(tree.clone()), "{}", spaced);
        for lang in [Lang::De, Lang::En] {
            let said = tree.sentence(&vocabulary, lang);
            prop_assert!(!said.is_empty() && !said.contains("application"), "{}: {}", text, said);
        }
    }
}

fn cases() -> u32 {
    let soak: u32 = std::env::var("FACHWERK_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    256 * soak.max(1)
}
