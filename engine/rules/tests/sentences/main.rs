//! Rules as trees: written, read back, and said in both languages.

mod random;

use fachwerk_rules::{
    Choice, Condition, Lang, Named, Presence, Sandbox, Shape, Text, Vocabulary, rhai::ImmutableString,
};

fn sandbox() -> Sandbox {
    // The calendar belongs to the core; here it is enough that its functions exist.
    let day = |day: ImmutableString, _: ImmutableString| day;
    let number = |_: ImmutableString| 0_i64;
    Sandbox::builder()
        .function("add_period", day)
        .function("subtract_period", day)
        .function("days_between", |_: ImmutableString, _: ImmutableString| 0_i64)
        .function("year", number)
        .function("month", number)
        .function("weekday", number)
        .build()
}

fn named(name: &str, (de, en): (&str, &str), shape: Shape, presence: Presence) -> Named {
    Named { name: name.into(), title: Text::new(en, de), shape, presence }
}

fn choice(choices: &[(&str, &str, &str)]) -> Shape {
    let choice = |(id, de, en): &(&str, &str, &str)| Choice { id: (*id).into(), title: Text::new(*en, *de) };
    Shape::Choice(choices.iter().map(choice).collect())
}

/// What the rules of these tests may read.
fn vocabulary() -> Vocabulary {
    use Presence::{Always, MayBeMissing};
    let kind = choice(&[("oak", "Eiche", "oak"), ("ash", "Esche", "ash"), ("other", "andere", "other")]);
    let outcome = choice(&[("grant", "stattgeben", "grant"), ("refuse", "ablehnen", "refuse")]);
    let tree = Shape::object(vec![
        named("height", ("Höhe in cm", "Height in cm"), Shape::Number, Always),
        named("kind", ("Baumart", "Kind of tree"), kind.clone(), Always),
        named("felled", ("Baum ist gefällt", "The tree is felled"), Shape::Boolean, Always),
        named("fee", ("Gebühr", "Fee"), Shape::Money, Always),
    ]);
    let application = Shape::object(vec![
        named(
            "is_owner",
            ("Der Antragsteller ist Eigentümer", "The applicant is the owner"),
            Shape::Boolean,
            Always,
        ),
        named("insured", ("Versicherung", "Insurance"), Shape::Boolean, Always),
        named(
            "pile_height",
            ("Höhe des Holzstoßes in cm", "Height of the pile in cm"),
            Shape::Number,
            Always,
        ),
        named("visitors", ("Erwartete Gäste", "Expected visitors"), Shape::Number, Always),
        named("wood", ("Brennmaterial", "Fuel"), kind.clone(), Always),
        named("fee", ("Gebühr", "Fee"), Shape::Money, Always),
        named("received", ("Tag des Eingangs", "Day of receipt"), Shape::Date, Always),
        named("name", ("Name", "Name"), Shape::Text, Always),
        named("email", ("E-Mail", "E-mail"), Shape::Text, MayBeMissing),
        named("depth", ("Tiefe", "Depth"), Shape::Number, MayBeMissing),
        named("trees", ("Bäume", "Trees"), Shape::list(tree), Always),
        named("kinds", ("Baumarten", "Kinds of trees"), Shape::list(kind), Always),
    ]);
    let settings = Shape::object(vec![
        named("most", ("Größte Höhe in cm", "Greatest height in cm"), Shape::Number, Always),
        named("period", ("Anmeldefrist", "Period for registration"), Shape::Period, Always),
    ]);
    let draft = Shape::object(vec![
        named("outcome", ("Entscheidung", "Decision"), outcome, MayBeMissing),
        named("sent_on", ("Tag der Absendung", "Day of dispatch"), Shape::Date, MayBeMissing),
        named("again", ("erneut vorlegen", "submit again"), Shape::Boolean, MayBeMissing),
        named("signed", ("ist gezeichnet", "is signed"), Shape::Boolean, MayBeMissing),
    ]);
    let permit =
        Shape::object(vec![named("final", ("ist bestandskräftig", "is final"), Shape::Boolean, Always)]);
    let steps = Shape::object(vec![
        named("draft", ("Entwurf", "Draft"), draft, MayBeMissing),
        named("permit", ("Erlaubnis", "Permit"), permit, MayBeMissing),
    ]);
    Vocabulary::new(vec![
        named("application", ("Antrag", "Application"), application, Always),
        named("settings", ("Einstellungen", "Settings"), settings, Always),
        named("steps", ("Schritte", "Steps"), steps, Always),
        named("today", ("heute", "today"), Shape::Date, Always),
    ])
}

/// A rule as it may be laid out, as the tree writes it, and as it is said.
#[track_caller]
fn check(rule: &str, written: &str, de: &str, en: &str) {
    let vocabulary = vocabulary();
    let sandbox = sandbox();
    let Some(tree) = sandbox.condition(rule, &vocabulary) else {
        panic!("{rule}: {:?}", sandbox.expression_types(rule, &vocabulary));
    };
    assert_eq!(
        [tree.to_rhai(), tree.sentence(&vocabulary, Lang::De), tree.sentence(&vocabulary, Lang::En)],
        [written, de, en],
        "{rule}"
    );
    let json = serde_json::to_string(&tree).expect("a tree is data");
    assert_eq!(serde_json::from_str::<Condition>(&json).expect("and can be read back"), tree, "{json}");
    assert_eq!(sandbox.condition(written, &vocabulary), Some(tree), "{written}");
}

#[test]
fn single_statements() {
    check(
        "!application.is_owner",
        "!application.is_owner",
        "Der Antragsteller ist nicht Eigentümer",
        "The applicant is not the owner",
    );
    check(
        "application . pile_height>=300",
        "application.pile_height >= 300",
        "Die Höhe des Holzstoßes ist mindestens 300 cm",
        "The height of the pile is at least 300 cm",
    );
    check(
        "200 < application.visitors",
        "200 < application.visitors",
        "„Erwartete Gäste“ ist größer als 200",
        "“Expected visitors” is more than 200",
    );
    check("application.insured", "application.insured", "„Versicherung“ trifft zu", "“Insurance” applies");
    check(
        "application.insured == false",
        "application.insured == false",
        "„Versicherung“ trifft nicht zu",
        "“Insurance” does not apply",
    );
    check(
        "application.wood != \"oak\"",
        "application.wood != \"oak\"",
        "Das Brennmaterial ist nicht „Eiche“",
        "“Fuel” is not “oak”",
    );
    check(
        "application.fee > 123450",
        "application.fee > 123450",
        "Die Gebühr ist größer als 1.234,50 €",
        "The fee is more than €1,234.50",
    );
    check("application.name == \"\"", "application.name == \"\"", "Der Name ist leer", "The name is empty");
    check(
        "application.received < \"2026-03-02\"",
        "application.received < \"2026-03-02\"",
        "Der Tag des Eingangs liegt vor dem 2. März 2026",
        "The day of receipt is before 2 March 2026",
    );
    check(
        "application?.email == ()",
        "application?.email == ()",
        "„E-Mail“ ist nicht angegeben",
        "“E-mail” is not given",
    );
    check(
        "(application?.email ?? \"\") != \"\"",
        "(application?.email ?? \"\") != \"\"",
        "„E-Mail“ ist angegeben",
        "“E-mail” is given",
    );
    check(
        "steps.draft?.sent_on != ()",
        "steps.draft?.sent_on != ()",
        "Der Tag der Absendung aus „Entwurf“ ist angegeben",
        "The day of dispatch from “Draft” is given",
    );
    check(
        "steps.draft?.again == true",
        "steps.draft?.again == true",
        "„erneut vorlegen“ aus „Entwurf“ trifft zu",
        "“submit again” from “Draft” applies",
    );
}

#[test]
fn several_values() {
    check(
        "[\"oak\", \"ash\"].contains(application.wood)",
        "application.wood in [\"oak\", \"ash\"]",
        "Das Brennmaterial ist „Eiche“ oder „Esche“",
        "“Fuel” is “oak” or “ash”",
    );
    check(
        "application.wood !in [\"oak\", \"ash\"]",
        "!(application.wood in [\"oak\", \"ash\"])",
        "Das Brennmaterial ist weder „Eiche“ noch „Esche“",
        "“Fuel” is neither “oak” nor “ash”",
    );
    check(
        "between(application.pile_height, 100, settings.most)",
        "between(application.pile_height, 100, settings.most)",
        "Die Höhe des Holzstoßes liegt zwischen 100 cm und „Größte Höhe“ (beide eingeschlossen)",
        "The height of the pile is between 100 cm and “Greatest height” (both included)",
    );
    check(
        "\"oak\" in application.kinds",
        "\"oak\" in application.kinds",
        "„Baumarten“ enthält „Eiche“",
        "“Kinds of trees” contains “oak”",
    );
    check(
        "!application.kinds.is_empty()",
        "!(application.kinds.is_empty())",
        "„Baumarten“ ist nicht leer",
        "“Kinds of trees” is not empty",
    );
    check(
        "application.trees.some(|tree| tree.height > settings.most && !tree.felled)",
        "application.trees.some(|tree| tree.height > settings.most && !tree.felled)",
        "Für mindestens einen Eintrag von „Bäume“ gilt: (die Höhe ist größer als „Größte Höhe“ und Baum ist nicht gefällt)",
        "For at least one entry of “Trees” holds: (the height is more than “Greatest height” and the tree is not felled)",
    );
    check(
        "application.trees.filter(|t| t.kind == \"oak\").len() > 2",
        "application.trees.filter(|t| t.kind == \"oak\").len() > 2",
        "Die Anzahl der Einträge von „Bäume“ (für die gilt: die Baumart ist „Eiche“) ist größer als 2",
        "The number of entries of “Trees” (for which holds: the kind of tree is “oak”) is more than 2",
    );
    check(
        "sum(application.trees.map(|t| t.fee)) <= 5000",
        "sum(application.trees.map(|t| t.fee)) <= 5000",
        "Die Summe von der Gebühr über alle Einträge von „Bäume“ ist höchstens 50,00 €",
        "The sum of the fee over all entries of “Trees” is at most €50.00",
    );
}

#[test]
fn calculations() {
    check(
        "application.received >= subtract_period(today, \"2 weeks\")",
        "application.received >= subtract_period(today, \"2 weeks\")",
        "Der Tag des Eingangs liegt nicht vor 2 Wochen vor dem heutigen Tag",
        "The day of receipt is not before 2 weeks before today",
    );
    check(
        "add_period(application.received, settings.period) < today",
        "add_period(application.received, settings.period) < today",
        "Die Anmeldefrist nach dem Tag des Eingangs liegt vor dem heutigen Tag",
        "The period for registration after the day of receipt is before today",
    );
    check(
        "days_between(application.received, today) > 7 * (2 + 1)",
        "days_between(application.received, today) > 7 * (2 + 1)",
        "Die Anzahl der Tage zwischen dem Tag des Eingangs und dem heutigen Tag ist größer als 7 mal (2 plus 1)",
        "The number of days between the day of receipt and today is more than 7 times (2 plus 1)",
    );
    check(
        "weekday(application.received) in [6, 7]",
        "weekday(application.received) in [6, 7]",
        "Der Wochentag von dem Tag des Eingangs ist Samstag oder Sonntag",
        "The day of the week of the day of receipt is Saturday or Sunday",
    );
    check(
        "round_up(application.pile_height, 100) == max(settings.most, 50)",
        "round_up(application.pile_height, 100) == max(settings.most, 50)",
        "Die Höhe des Holzstoßes (aufgerundet auf ein Vielfaches von 100) ist der größere Wert von „Größte Höhe“ und 50",
        "The height of the pile (rounded up to a multiple of 100) is the greater of “Greatest height” and 50",
    );
}

#[test]
fn nested_conditions() {
    check(
        "(application.is_owner && application.insured) && application.fee == 0",
        "application.is_owner && application.insured && application.fee == 0",
        "Der Antragsteller ist Eigentümer, „Versicherung“ trifft zu und die Gebühr ist 0,00 €",
        "The applicant is the owner, “Insurance” applies and the fee is €0.00",
    );
    check(
        "application.is_owner && (application.insured || application.fee == 0)",
        "application.is_owner && (application.insured || application.fee == 0)",
        "Der Antragsteller ist Eigentümer und („Versicherung“ trifft zu oder die Gebühr ist 0,00 €)",
        "The applicant is the owner and (“Insurance” applies or the fee is €0.00)",
    );
    check(
        "!(application.is_owner || application.pile_height < 100)",
        "!(application.is_owner || application.pile_height < 100)",
        "Der Antragsteller ist nicht Eigentümer und die Höhe des Holzstoßes ist mindestens 100 cm",
        "The applicant is not the owner and the height of the pile is at least 100 cm",
    );
}

/// A title that says a state is said of what it belongs to.
#[test]
fn states() {
    check(
        "steps.permit?.final == true && steps.draft?.signed == false",
        "steps.permit?.final == true && steps.draft?.signed == false",
        "Die Erlaubnis ist bestandskräftig und „Entwurf“ ist nicht gezeichnet",
        "The permit is final and “Draft” is not signed",
    );
}

/// What is waited for, as what stands behind "until".
#[test]
fn until() {
    #[track_caller]
    fn check(rule: &str, expected: Option<[&str; 2]>) {
        let vocabulary = vocabulary();
        let tree = sandbox().condition(rule, &vocabulary).expect("it is in the profile");
        let said = [Lang::De, Lang::En].map(|lang| tree.until(&vocabulary, lang));
        assert_eq!(
            said,
            expected.map_or([None, None], |said| said.map(|text| Some(text.to_owned()))),
            "{rule}"
        );
    }
    check("steps.permit?.final == true", Some(["die Erlaubnis bestandskräftig ist", "the permit is final"]));
    check(
        "steps.permit?.final == true || steps.draft?.signed == true",
        Some([
            "die Erlaubnis bestandskräftig ist oder „Entwurf“ gezeichnet ist",
            "the permit is final or “Draft” is signed",
        ]),
    );
    check(
        "steps.permit?.final == true && steps.draft?.signed == true",
        Some([
            "die Erlaubnis bestandskräftig ist und „Entwurf“ gezeichnet ist",
            "the permit is final and “Draft” is signed",
        ]),
    );
    check("steps.permit?.final == false", None);
    check("application.insured", None);
    check("steps.permit?.final == true || application.fee == 0", None);
    check("steps.permit?.final == true && (steps.draft?.signed == true || application.insured)", None);
}

/// What the profile does not have, and what is wrong for the names and types, has no tree.
#[test]
fn outside_of_the_profile() {
    let (sandbox, vocabulary) = (sandbox(), vocabulary());
    for rule in [
        "if application.is_owner { true } else { false }",
        "application.name.to_upper() == \"X\"",
        "application.trees[0].felled",
        "application.trees.map(|t| t.felled).len() == 1 && application.name.len() == 1 + \"a\".to_string().len()",
        "application.is_ownr",
        "application.name > 3",
        "application.wood == \"pine\"",
        "application.email == \"a@b.de\"",
        "application?.depth > 3",
        "application.fee",
        "application.is_owner == ",
        "",
    ] {
        assert_eq!(sandbox.condition(rule, &vocabulary), None, "{rule}");
    }
}
