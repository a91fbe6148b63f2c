//! Which results a rule reads: the names in its text as addresses among the results of a case.

use std::collections::{HashMap, HashSet};

use super::{
    bits::Bits,
    writes::{self, Address, Write},
};
use crate::{
    definition::{FrameIx, Kind, Part, Release, ScopeIx},
    language::data_key,
};

/// The results that rules read, numbered; and all that is written.
pub struct Addresses<'r> {
    release: &'r Release,
    numbers: HashMap<Address, usize>,
    /// The numbers of what lies directly within an object.
    inside: HashMap<Address, Vec<usize>>,
    /// All objects that are written into, and those around them.
    objects: HashSet<Address>,
    /// The same, with the fields whose names are known.
    written: HashSet<Address>,
}

/// What a rule reads by the first names of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many names.
    pub length: usize,
    /// The results that it may stand for; it is there when one of them is.
    pub at: Vec<Address>,
}

impl<'r> Addresses<'r> {
    /// Of a release; what rules read is added by [`Addresses::seen`].
    pub fn new(release: &'r Release) -> Addresses<'r> {
        let mut all = Addresses {
            release,
            numbers: HashMap::new(),
            inside: HashMap::new(),
            objects: HashSet::new(),
            written: HashSet::new(),
        };
        for step in &release.steps {
            writes::of_step(release, step).iter().for_each(|write| all.learn(write));
            if let Kind::Wait(waits) = &step.kind {
                let written = waits.iter().filter_map(|wait| writes::of_wait(release, step, wait));
                written.for_each(|write| all.learn(&write));
            }
        }
        for (ix, scope) in (0..).map(ScopeIx).zip(&release.scopes) {
            let written = scope.handlers.iter().filter_map(|it| writes::of_handler(release, ix, it));
            written.for_each(|write| all.learn(&write));
        }
        all
    }

    fn learn(&mut self, write: &Write) {
        for length in 1..=write.at.len() {
            self.objects.insert(write.at[..length].to_vec());
            self.written.insert(write.at[..length].to_vec());
        }
        for field in write.sure.iter().chain(&write.optional) {
            let mut at = write.at.clone();
            at.push(Part::Key(field.clone()));
            self.written.insert(at);
        }
    }

    /// How many results are numbered.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Gives numbers to what a rule reads.
    pub fn note(&mut self, seen: &Seen) {
        seen.at.iter().for_each(|address| self.note_at(address));
    }

    /// Gives a number to a value.
    pub fn note_at(&mut self, address: &Address) {
        if let (None, Some((_, object))) = (self.numbers.get(address), address.split_last()) {
            let number = self.numbers.len();
            self.inside.entry(object.to_vec()).or_default().push(number);
            self.numbers.insert(address.clone(), number);
        }
    }

    /// The number of one.
    pub fn number(&self, address: &[Part]) -> Option<usize> {
        self.numbers.get(address).copied()
    }

    /// The numbers of what a rule reads; those that nobody noted are left out.
    pub fn numbers<'a>(&'a self, seen: &'a Seen) -> impl Iterator<Item = usize> + 'a {
        seen.at.iter().filter_map(|address| self.number(address))
    }

    /// Those that are there once this was written.
    pub fn set_by(&self, write: &Write) -> Bits {
        self.set(write, write.open || !write.sure.is_empty())
    }

    /// The same, if what may be left out is given as well.
    pub fn may_be_set_by(&self, write: &Write) -> Bits {
        self.set(write, write.open || !write.sure.is_empty() || !write.optional.is_empty())
    }

    fn set(&self, write: &Write, something: bool) -> Bits {
        let mut bits = Bits::none(self.len());
        if something {
            let around = (1..=write.at.len()).filter_map(|length| self.numbers.get(&write.at[..length]));
            around.for_each(|number| bits.insert(*number));
        }
        if write.open {
            self.inside.get(&write.at).into_iter().flatten().for_each(|number| bits.insert(*number));
        }
        for field in write.sure.iter().chain(&write.optional) {
            let mut at = write.at.clone();
            at.push(Part::Key(field.clone()));
            self.numbers.get(&at).into_iter().for_each(|number| bits.insert(*number));
        }
        bits
    }

    /// Those that lie in the rounds of a frame.
    pub fn within(&self, frame: FrameIx) -> Bits {
        let at = &self.release.frame(frame).at;
        let mut bits = Bits::none(self.len());
        let inside = self.numbers.iter().filter(|(address, _)| address.starts_with(at));
        inside.for_each(|(_, number)| bits.insert(*number));
        bits
    }

    /// The results that a path reads in a frame, from the outermost object inwards. `entering`: `result` is what is being
    /// entered in a form.
    pub fn seen(&self, frame: FrameIx, names: &[&str], entering: bool) -> Vec<Seen> {
        let mut found = Vec::new();
        let [root, first, rest @ ..] = names else { return found };
        let mut at = self.bases(frame, root, first, entering);
        for (length, name) in (2..).zip([first].into_iter().chain(rest)) {
            if at.is_empty() {
                break;
            }
            at.iter_mut().for_each(|at| at.push(Part::Key((*name).into())));
            found.push(Seen { length, at: at.clone() });
            at.retain(|address| self.objects.contains(address));
        }
        found
    }

    /// What the fields of a variable lie in.
    fn bases(&self, frame: FrameIx, root: &str, first: &str, entering: bool) -> Vec<Address> {
        let release = self.release;
        let outer = |frame: &FrameIx| release.frame(*frame).rounds.as_ref().map(|rounds| rounds.outer);
        let around: Vec<FrameIx> = std::iter::successors(Some(frame), outer).collect();
        let hidden = |frame: &FrameIx| {
            release.frame(*frame).rounds.as_ref().is_some_and(|rounds| *rounds.item == *root)
        };
        if around.iter().any(hidden) {
            return Vec::new();
        }
        let in_block = release.frame(frame).in_block;
        match root {
            "steps" if in_block => vec![Address::new()],
            // The results of the rounds around hide those outside.
            "steps" => {
                let rounds = around.iter().map(|frame| release.frame(*frame).at.clone());
                let holds = |base: &Address| {
                    let mut at = base.clone();
                    at.push(Part::Key(data_key(first)));
                    self.written.contains(&at)
                };
                vec![rounds.into_iter().find(holds).unwrap_or_default()]
            }
            "file" if first == "number" => vec![writes::file()],
            "result" if in_block && !entering => {
                around.iter().map(|frame| release.frame(*frame).at.clone()).collect()
            }
            _ => Vec::new(),
        }
    }
}
