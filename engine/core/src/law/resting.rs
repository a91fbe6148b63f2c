//! On which norms a deadline of a case rests.

use std::sync::Arc;

use super::{
    citation::{Citation, Fit, read},
    index::fits,
};
use crate::{case::Case, event::Deadline};

/// The norms by which a deadline was reckoned, and those that the act rests on whose remedy it is for; as they are written.
pub fn norms_of(case: &Case, deadline: &Deadline) -> Vec<Arc<str>> {
    let run = deadline.run.as_ref().or(deadline.suspended.as_ref().map(|stopped| &stopped.run));
    let sentences = run.into_iter().flat_map(|run| &run.derivation);
    let mut norms: Vec<Arc<str>> = sentences.filter_map(|it| it.norm.as_deref().map(Into::into)).collect();
    let act = case.act_of_deadline(&deadline.name).and_then(|(act, _)| act.issued.as_ref());
    norms.extend(act.into_iter().flat_map(|act| act.content.law_used()).filter_map(|row| row.norm.clone()));
    norms
}

/// How what rests on some norms lies to some places of law, and which of them it rests on; none: not on one of them.
pub fn rests_on(norms: &[Arc<str>], asked: &[Citation]) -> Option<(Fit, Vec<String>)> {
    let cited: Vec<Citation> = norms.iter().flat_map(|norm| read(norm).unwrap_or_default()).collect();
    let (fit, found) = fits(asked, &cited)?;
    let mut norms: Vec<String> = Vec::new();
    for norm in found.iter().map(ToString::to_string) {
        if !norms.contains(&norm) {
            norms.push(norm);
        }
    }
    Some((fit, norms))
}
