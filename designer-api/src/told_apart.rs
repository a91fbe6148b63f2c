//! Open tasks of a case that are called the same, and what tells them apart.

use std::collections::BTreeMap;

use fachwerk_core::{
    case::Case,
    definition::{Kind, Release},
    words::{Date, InstanceId, Language, Value},
};

use crate::{person::Authenticated, task_detail::Shown, value_text};

/// Of each task that is called as another one of the case: the first value beside its form that is not the same there, as the
/// body that is asked where several are asked at once.
pub fn told_apart(
    who: &Authenticated,
    (case, release): (&Case, &Release),
    today: Date,
    language: Language,
) -> BTreeMap<InstanceId, Shown> {
    let mut called: BTreeMap<&str, Vec<InstanceId>> = BTreeMap::new();
    for (id, _, task) in case.tasks() {
        called.entry(&task.title.de).or_default().push(id);
    }
    called.retain(|_, alike| alike.len() > 1);
    let mut apart = BTreeMap::new();
    if called.is_empty() {
        return apart;
    }
    let (local, results) = (release.local(&who.authority), release.results());
    let shown = |id: &InstanceId| -> Vec<Shown> {
        let step = case.instance(*id).and_then(|it| release.find(it.step.as_ref()?));
        let Some(Kind::Task(task)) = step.map(|step| &step.kind) else { return Vec::new() };
        let shown = task.form.show.iter().map(|shown| {
            let value = release.look(case, &local, today, *id, &shown.value).unwrap_or(Value::Null);
            let ty = value_text::type_of(release, &results, &shown.value);
            let text = value_text::text(&value, ty, language);
            Shown { title: (&shown.title).into(), value, text }
        });
        shown.collect()
    };
    for alike in called.values() {
        let all: Vec<(InstanceId, Vec<Shown>)> = alike.iter().map(|id| (*id, shown(id))).collect();
        for (id, own) in &all {
            let same = |one: &Shown| {
                let mut others = all.iter().filter(|(other, _)| other != id);
                others.all(|(_, shown)| shown.iter().any(|it| it.title == one.title && it.value == one.value))
            };
            if let Some(first) = own.iter().find(|one| !one.value.is_null() && !same(one)) {
                apart.insert(*id, first.clone());
            }
        }
    }
    apart
}
