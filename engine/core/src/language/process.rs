//! Reads `process.yaml` and puts the release together.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::NotificationLaw;
use sha2::{Digest, Sha256};

use super::{
    Catalogue, Compiled, Folder,
    acts::read_notification,
    block::read_version,
    compiler::{Compiler, ScopeText},
    data_types::{self, MAX_LIST_FIELDS},
    expand::Gaps,
    fields::{Fields, check_id, entries, items, text, words},
    yaml::{Key, Node},
};
use crate::{
    definition::{Frame, FrameIx, Release, Shape},
    diagnostic::{Problems, Span},
    item,
    keeping::{MAX_BASIS, MAX_YEARS, Retention, RetentionStart},
    law::{FeeLaw, citation::shown, mentions::warn_of_unreadable},
    schema::{ObjectType, Validator},
    words::{ProcessId, ReleaseId, RoleId, Text, Value},
};

/// Reads and compiles a process with the blocks of a catalogue.
pub fn compile(folder: &Folder, catalogue: &Catalogue) -> Compiled {
    let mut compiler = Compiler {
        problems: Problems::default(),
        catalogue,
        sandbox: super::sandbox(),
        folders: vec![folder],
        gaps: vec![Gaps::default()],
        steps: Vec::new(),
        scopes: Vec::new(),
        frames: vec![Frame {
            at: Vec::new(),
            params: Arc::new(Value::Object(Default::default())),
            in_block: false,
            rounds: None,
            parameters: ObjectType::default(),
        }],
        blocks: BTreeMap::new(),
        law: NotificationLaw::VwVfG,
        roles: BTreeMap::new(),
        parties: Vec::new(),
        acts: BTreeMap::new(),
        fees: FeeLaw::default(),
        readings: Vec::new(),
        used_ids: BTreeMap::new(),
        has_undo: false,
        looks_around: false,
        typed: Vec::new(),
        named_steps: Vec::new(),
        hearings: Vec::new(),
        nesting: Vec::new(),
        written_out_bytes: 0,
    };
    let release = read(&mut compiler, folder);
    warn_of_unreadable(folder, &mut compiler.problems);
    let has_errors = compiler.problems.has_errors();
    let release = release.filter(|_| !has_errors).map(|mut release| {
        release.id = release_id(folder, catalogue, &release);
        release
    });
    Compiled { release, problems: compiler.problems.into_sorted() }
}

fn read(compiler: &mut Compiler<'_>, folder: &Folder) -> Option<Release> {
    let node = folder.read_yaml("process.yaml", 0, &mut compiler.problems)?;
    let fields = Fields::of(&node, &mut compiler.problems)?;
    let id = fields.need("process", &mut compiler.problems).and_then(|node| {
        let name = text(node, &mut compiler.problems)?.clone();
        check_id(&Key { span: node.span.clone(), text: name.clone() }, &mut compiler.problems);
        Some(name)
    });
    let version = read_version(&fields, &mut compiler.problems);
    let title = fields.need("title", &mut compiler.problems).and_then(|node| compiler.words(node));
    fields.words("summary", &mut compiler.problems);
    let law = read_law(&fields, &mut compiler.problems);
    compiler.law = law;
    let data = read_data(&fields, folder, &mut compiler.problems);
    let settings = fields
        .get("settings")
        .map(|node| data_types::read_settings(node, &mut compiler.problems))
        .unwrap_or_default();
    let (roles, correctors) = read_roles(&fields, &mut compiler.problems);
    compiler.roles = roles;
    compiler.fees = super::fees::own_fees(folder, &mut compiler.problems);
    compiler.parties_and_acts(&fields, &settings);
    let item = read_kind(&fields, &data, &mut compiler.problems);
    let legal_basis = legal_basis(&fields, &mut compiler.problems);
    let retention = fields.get("retention").and_then(|node| read_retention(node, &mut compiler.problems));
    let start = compiler.start(&fields);
    let out = fields.get("out").map(|node| compiler.out(node)).unwrap_or_default();
    let subject = fields.get("subject").and_then(|node| compiler.expression(node));
    let priority = fields.get("priority").and_then(|node| compiler.priority(node));
    let outcomes = super::outcomes::read(&fields, &mut compiler.problems);
    let messages = super::messages::read(&fields, &mut compiler.problems);
    let on = fields.get("always");
    if let Some(steps) = fields.need("steps", &mut compiler.problems) {
        compiler.scope(ScopeText {
            steps,
            on,
            owner: None,
            frame: FrameIx(0),
            outcomes: None,
            shape: Shape::Path,
        });
    }
    let fields_of_acts = fields.get("acts");
    fields.finish(&mut compiler.problems);
    compiler.check_rules(&data, &settings);
    compiler.check_acts_are_issued(fields_of_acts);
    compiler.check_fictions_run(fields_of_acts);
    super::outcomes::check(compiler, &outcomes);
    check_named_steps(compiler);
    compiler.check_hearings();
    super::messages::check(compiler, &messages, &start);
    let data_validator = Validator::of(&data).ok()?;
    let steps = std::mem::take(&mut compiler.steps);
    let by_path =
        steps.iter().zip(0..).map(|(step, ix)| (step.path.clone(), crate::definition::StepIx(ix))).collect();
    Some(Release {
        id: ReleaseId::from(""),
        process: ProcessId::from(&*id?),
        version: version?.to_string().into(),
        item,
        title: title?,
        legal_basis,
        retention,
        law,
        data,
        data_validator,
        subject,
        priority: priority.unwrap_or_default(),
        settings,
        roles: std::mem::take(&mut compiler.roles),
        correctors,
        start,
        out,
        parties: std::mem::take(&mut compiler.parties),
        acts: std::mem::take(&mut compiler.acts),
        fees: std::mem::take(&mut compiler.fees),
        outcomes: outcomes.into_iter().map(|(key, title)| (key.text, title)).collect(),
        messages: messages.into_iter().map(|(key, title)| (key.text, title)).collect(),
        blocks: std::mem::take(&mut compiler.blocks),
        steps,
        scopes: std::mem::take(&mut compiler.scopes),
        frames: std::mem::take(&mut compiler.frames),
        looks_around: compiler.looks_around,
        by_path,
    })
}

/// The hash of all files that the release was made from: the process and the blocks that it uses, each with its name.
fn release_id(folder: &Folder, catalogue: &Catalogue, release: &Release) -> ReleaseId {
    let mut hash = Sha256::new();
    let mut take = |group: &str, folder: &Folder| {
        for (name, bytes) in &folder.files {
            for part in [group.as_bytes(), name.as_bytes(), bytes] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
    };
    take("process", folder);
    for (id, used) in &release.blocks {
        if let Some(entry) = catalogue.exact(id, &used.version) {
            take(id, &entry.folder);
        }
    }
    let digest = hash.finalize();
    ReleaseId::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// Whether its cases are items of the incoming post. Such a process has the fields that are asked for by name.
fn read_kind(fields: &Fields<'_>, data: &ObjectType, problems: &mut Problems) -> bool {
    let Some(node) = fields.get("kind") else { return false };
    let Some(kind) = text(node, problems) else { return false };
    if &**kind != "item" {
        problems
            .error(
                &node.span,
                "kind_unknown",
                Text::new(
                    format!("„kind: {kind}“ gibt es nicht; möglich ist nur „item“ (Eingang der Poststelle)."),
                    format!(
                        "There is no `kind: {kind}`; only `item` (an item of the incoming post) is possible."
                    ),
                ),
            )
            .did_you_mean(kind, ["item"]);
        return false;
    }
    let has = |name: &&&str| data.fields.iter().any(|field| *field.name == ***name);
    let lacks: Vec<&str> = item::FIELDS.iter().filter(|name| !has(name)).copied().collect();
    if !lacks.is_empty() {
        let lacks = lacks.join(", ");
        problems.error(
            &node.span,
            "item_lacks_fields",
            Text::new(
                format!("Die Daten eines Verfahrens für Eingänge brauchen auch die Felder: {lacks}."),
                format!("The data of a process of items need these fields, too: {lacks}."),
            ),
        );
    }
    true
}

fn read_law(fields: &Fields<'_>, problems: &mut Problems) -> NotificationLaw {
    let law = fields.get("law").and_then(|node| read_notification(node, problems));
    law.unwrap_or(NotificationLaw::VwVfG)
}

fn read_data(fields: &Fields<'_>, folder: &Folder, problems: &mut Problems) -> ObjectType {
    let Some(node) = fields.get("data") else { return ObjectType::default() };
    let Some(file) = text(node, problems) else { return ObjectType::default() };
    if !folder.files.contains_key(file) {
        problems.error(
            &node.span,
            "file_missing",
            Text::new(
                format!("Die Datei „{file}“ gibt es in diesem Ordner nicht."),
                format!("There is no file `{file}` in this folder."),
            ),
        );
        return ObjectType::default();
    }
    let Some(tree) = folder.read_yaml(file, 0, problems) else { return ObjectType::default() };
    let object = data_types::read_object(&tree, problems);
    let columns = object.fields.iter().filter(|field| field.list).count();
    if columns > MAX_LIST_FIELDS {
        problems.error(
            &tree.span,
            "too_many_columns",
            Text::new(
                format!("{columns} Felder sind Spalten (x-list); höchstens {MAX_LIST_FIELDS} sind möglich."),
                format!("{columns} fields are columns (x-list); at most {MAX_LIST_FIELDS} are possible."),
            ),
        );
    }
    object
}

/// The roles with their titles, and those that may correct.
fn read_roles(fields: &Fields<'_>, problems: &mut Problems) -> (BTreeMap<RoleId, Text>, BTreeSet<RoleId>) {
    let mut roles = BTreeMap::new();
    let mut correctors = BTreeSet::new();
    for (key, node) in fields.get("roles").map_or(&[][..], |node| entries(node, problems)) {
        check_id(key, problems);
        if let Some(inner) = Fields::of(node, problems) {
            let title = inner.need("title", problems).and_then(|node| words(node, problems));
            let role = RoleId::from(&*key.text);
            correctors.extend(inner.flag("corrects", false, problems).then(|| role.clone()));
            inner.finish(problems);
            roles.extend(title.map(|title| (role, title)));
        }
    }
    (roles, correctors)
}

/// Reads `legal_basis`: a list of norms.
pub fn legal_basis(fields: &Fields<'_>, problems: &mut Problems) -> Vec<Arc<str>> {
    let Some(node) = fields.get("legal_basis") else { return Vec::new() };
    items(node, problems).iter().filter_map(|item| text(item, problems).map(shown)).collect()
}

/// Reads `retention`: how long ended cases are kept, from when, and by which provision.
fn read_retention(node: &Node, problems: &mut Problems) -> Option<Retention> {
    let fields = Fields::of(node, problems)?;
    let years = fields.need("years", problems).and_then(|_| fields.int("years", problems));
    let from = fields.text("from", problems).map_or("year_end", |from| from);
    let basis = fields.need("basis", problems).and_then(|node| text(node, problems).cloned());
    let span = fields.span();
    let of_years = fields.get("years").map_or(span, |years| &years.span);
    fields.finish(problems);
    let from = match from {
        "year_end" => RetentionStart::YearEnd,
        "end" => RetentionStart::End,
        other => {
            let said = Text::new(
                format!(
                    "„{other}“ ist kein Beginn einer Aufbewahrungsfrist; möglich sind „year_end“ und „end“."
                ),
                format!(
                    "A retention period does not begin with `{other}`; possible are `year_end` and `end`."
                ),
            );
            problems.error(span, "retention_invalid", said).did_you_mean(other, ["year_end", "end"]);
            return None;
        }
    };
    let (years, basis) = (years?, basis?);
    let retention = Retention { years: u16::try_from(years).unwrap_or(u16::MAX), from, basis };
    if !retention.is_possible() {
        problems.error(
            span,
            "retention_invalid",
            Text::new(
                format!("Eine Aufbewahrungsfrist hat 1 bis {MAX_YEARS} Jahre und eine Grundlage mit 1 bis {MAX_BASIS} Zeichen."),
                format!("A retention period has 1 to {MAX_YEARS} years and a basis of 1 to {MAX_BASIS} characters."),
            ),
        );
        return None;
    }
    if retention.years == 0 {
        kept_for_no_time(of_years, problems);
    }
    Some(retention)
}

/// Nobody means that; processes that say so were deployed before it was refused, and their cases go on.
fn kept_for_no_time(span: &Span, problems: &mut Problems) {
    let said = Text::new(
        "Eine Aufbewahrungsfrist von 0 Jahren wird nicht angenommen: Vorgänge stünden schon mit dem Tag oder dem Jahr ihres Abschlusses zur Löschung an.",
        "A retention period of 0 years is refused: cases would be up for erasure with the very day or year in which they end.",
    );
    problems.refused_anew(span, "retention_invalid", said).help(Text::new(
        format!("Geben Sie 1 bis {MAX_YEARS} Jahre an, oder lassen Sie „retention“ weg: Dann bestimmt die Behörde die Frist."),
        format!("Give 1 to {MAX_YEARS} years, or leave `retention` out: then the authority sets the period."),
    ));
}

/// Steps that are named from afar (four-eyes, dispatch) must be there.
fn check_named_steps(compiler: &mut Compiler<'_>) {
    let known: Vec<String> = compiler.steps.iter().map(|step| step.path.to_string()).collect();
    for (path, span) in std::mem::take(&mut compiler.named_steps) {
        if !known.iter().any(|known| *known == path.as_str()) {
            compiler
                .problems
                .error(
                    &span,
                    "unknown_step",
                    Text::new(
                        format!("Einen Schritt „{path}“ gibt es nicht."),
                        format!("There is no step `{path}`."),
                    ),
                )
                .did_you_mean(path.as_str(), known.iter().map(String::as_str));
        }
    }
}
