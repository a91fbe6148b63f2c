//! One change to the flow of a process, of which nobody knows whether it does harm.

use serde_json::{Value, json};

use crate::dice::Dice;

/// Makes one change to the flow somewhere; tells which.
pub fn change(steps: &mut Value, dice: &mut Dice) -> Option<String> {
    let mut scopes = Vec::new();
    places(steps, &mut String::new(), &mut scopes);
    let place = dice.maybe_pick(&scopes)?.clone();
    let scope = steps.pointer_mut(&place)?.as_object_mut()?;
    let ids: Vec<String> = scope.keys().cloned().collect();
    let id = dice.pick(&ids).clone();
    let to = dice.pick(&ids).clone();
    let step = scope.get_mut(&id)?;
    let told = |what: &str| Some(format!("{id}: {what}"));
    match dice.below(7) {
        0..=2 => {
            let mut flows = Vec::new();
            targets(step, &mut flows);
            if flows.is_empty() {
                return None;
            }
            let at = dice.below(flows.len());
            let flow = flows.swap_remove(at);
            let before = flow.to_string();
            match dice.below(3) {
                0 => *flow = to.as_str().into(),
                1 => {
                    *flow = match flow.take() {
                        Value::Array(mut all) => {
                            all.push(to.as_str().into());
                            all.into()
                        }
                        one if one.as_str().is_some_and(|one| !one.starts_with('$')) => json!([one, to]),
                        _ => return None,
                    }
                }
                _ => {
                    *flow = match flow.take() {
                        Value::Array(mut all) => {
                            all.pop();
                            all.into()
                        }
                        _ => return None,
                    }
                }
            }
            let after = flow.to_string();
            told(&format!("{before} -> {after}"))
        }
        3 => {
            let join = step.get_mut("join").filter(|join| {
                *join != &json!(to) && (join.is_number() || *join == "all" || *join == "inclusive")
            })?;
            *join = dice.pick(&[json!("all"), json!(1), json!(2), json!(3), json!("inclusive")]).clone();
            told(&format!("join {join}"))
        }
        4 => {
            step.as_object_mut()?.remove("then")?;
            told("no way on")
        }
        5 => {
            let code = step.get_mut("raise")?.get_mut("error")?;
            *code = "err-other".into();
            told("another error")
        }
        _ => {
            let lock = step.get_mut("group")?.get_mut("lock")?;
            let within = lock == "room";
            *lock = if within { "shelf" } else { "room" }.into();
            let inside = step["group"]["steps"].as_object_mut()?.values_mut().next()?;
            if let Some(lock) = inside.get_mut("group").and_then(|group| group.get_mut("lock")) {
                *lock = if within { "room" } else { "shelf" }.into();
            }
            told("another lock")
        }
    }
}

/// Where scopes of steps stand in the text.
fn places(steps: &Value, at: &mut String, found: &mut Vec<String>) {
    found.push(at.clone());
    for (id, step) in steps.as_object().into_iter().flatten() {
        for inner in ["group/steps", "each/steps", "fork"] {
            let pointer = format!("/{inner}");
            if let Some(inside) = step.pointer(&pointer) {
                places(inside, &mut format!("{at}/{id}{pointer}"), found);
            }
        }
    }
}

/// The flows of a step.
fn targets<'v>(step: &'v mut Value, found: &mut Vec<&'v mut Value>) {
    let Some(step) = step.as_object_mut() else { return };
    for (key, value) in step {
        match (key.as_str(), value) {
            ("then", Value::Object(ways)) => found.extend(ways.values_mut()),
            ("then", way) => found.push(way),
            ("choose", Value::Array(ways)) => {
                let ways = ways.iter_mut().filter_map(Value::as_object_mut);
                let ways = ways.flat_map(|way| way.iter_mut());
                found.extend(ways.filter(|(key, _)| *key != "when").map(|(_, value)| value));
            }
            _ => {}
        }
    }
}
