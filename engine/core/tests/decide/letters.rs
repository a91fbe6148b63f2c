//! The letters of acts.

use fachwerk_core::{
    command::{Command, EffectResult},
    words::{InstanceId, Object},
};

use super::{Played, compiled};

/// Each letter that is asked for has a number of its own, also when the one before it brought nothing: by its number it
/// is known whether its result has come already.
#[test]
fn a_letter_that_is_missing_is_asked_for_by_another_number() {
    let release = compiled(
        "parties: { applicant: { count: 1.., from: '[#{ name: \"A\" }, #{ name: \"B\" }]' } }\nacts: { permit: { law: VwVfG, sphere: own, to: each applicant } }\nsteps:\n  permit: { issue: permit, with: { title: Erlaubnis, body: Text } }\n",
        &[],
    );
    let mut played = Played::new(&release);
    let instance = InstanceId(1);
    let nothing = |round| Command::FinishEffect {
        instance,
        round,
        result: Ok(EffectResult { values: Object::new(), documents: Vec::new() }),
    };
    played
        .start()
        .ask("letter", nothing(1))
        .ask("jan", Command::RetryIncident { incident: 1 })
        .ask("letter", nothing(1))
        .letter(instance, 2)
        .letter(instance, 3);
    played.check("letter_missing");
}
